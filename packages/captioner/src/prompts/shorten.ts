import type { Prompt } from './prompt.js';
import { DATA_RULE, RULES } from './rules.js';

/** A caption made short, for models that read few tokens. */
export const shortenPrompt: Prompt = {
  name: 'shorten',
  version: 1,
  system: `You shorten captions of films, which are given as data. Keep what matters most and add nothing. ${RULES} ${DATA_RULE}`,
  ask: 'Write the caption again in one sentence of at most {words} words.',
};
