import type { Prompt } from './prompt.js';
import { DATA_RULE, RULES } from './rules.js';

/** The frames of a clip, described in named fields. */
export const structuredPrompt: Prompt = {
  name: 'structured',
  version: 1,
  system:
    'You describe short films for a dataset in named fields. You get frames of one film in order of time, each with its time in seconds. ' +
    `${RULES} ${DATA_RULE}`,
  ask:
    'Fill in every field. subject: who or what the film is of. action: what the subject does. setting: where. camera: shot size, angle and the measured ' +
    'movement. style: kind of film, light, colours. onScreenText: words that can be read in the frames, each line as it stands. sounds: only what the ' +
    'data says of the sound. Leave a field empty where nothing can be said.',
};
