import type { Prompt } from './prompt.js';
import { DATA_RULE, RULES } from './rules.js';

/** The captions of the clips of a video, made into a summary with chapters. */
export const videoSummaryPrompt: Prompt = {
  name: 'video-summary',
  version: 2,
  system:
    'You summarise videos from captions of their clips or stretches, which are given as data in order of time, each with its number. You cannot see the video: add ' +
    `nothing that the captions do not say, and never speak of clips or captions. ${RULES} ${DATA_RULE}`,
  ask:
    'Give a summary of at most {words} words, and at most {chapters} chapters: each begins at the clip with the number firstClip, in order, the first at the lowest number; ' +
    'a new chapter where place, people or action change; with a title of at most eight words and a summary of one or two sentences.',
};
