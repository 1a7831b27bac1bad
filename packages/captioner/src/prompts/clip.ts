import type { Prompt } from './prompt.js';
import { DATA_RULE, RULES } from './rules.js';

/** All frames of a clip at once, for the scale `clip`. */
export const clipPrompt: Prompt = {
  name: 'clip',
  version: 1,
  system:
    'You caption short films for a dataset. You get frames of one film in order of time, each with its time in seconds from the beginning of the film. ' +
    `Speak of the film as one event and never of frames or pictures. ${RULES} ${DATA_RULE}`,
  ask:
    'Describe in at most {words} words what happens from beginning to end: who or what is there, what changes and in which order, and where. Of the ' +
    'camera say only what the measured facts say, if any.',
};
