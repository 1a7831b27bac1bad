import type { Prompt } from './prompt.js';
import { DATA_RULE, RULES } from './rules.js';

/** Descriptions of single moments or stretches with their times, made into one; for the scale `fine` and for windows of long clips. */
export const mergePrompt: Prompt = {
  name: 'merge',
  version: 1,
  system:
    'You make one caption of a film out of captions of its moments, which are given as data in order of time, with measured facts. You cannot see the ' +
    'film: add nothing that the captions and facts do not say. Where captions contradict each other, keep what most of them say and leave out the ' +
    `rest. Speak of the film as one event and never of captions, frames or pictures. ${RULES} ${DATA_RULE}`,
  ask: 'Write one description of at most {words} words of what happens from beginning to end.',
};
