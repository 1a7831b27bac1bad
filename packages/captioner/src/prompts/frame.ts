import type { Prompt } from './prompt.js';
import { DATA_RULE, RULES } from './rules.js';

/** One frame, for the scales `frame` and `coarse`. */
export const framePrompt: Prompt = {
  name: 'frame',
  version: 1,
  system: `You caption single frames of films for a dataset. ${RULES} ${DATA_RULE}`,
  ask: 'Describe this frame in at most {words} words: who or what is there, what it does, where.',
};
