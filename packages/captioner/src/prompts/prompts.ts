import { sha256, type JsonObject } from '@internvid/core';
import { clipPrompt } from './clip.js';
import { framePrompt } from './frame.js';
import { mergePrompt } from './merge.js';
import { promptId, type Prompt } from './prompt.js';
import { shortenPrompt } from './shorten.js';
import { structuredPrompt } from './structured.js';
import { videoSummaryPrompt } from './video-summary.js';

/** The prompts of chat models by what they are for. */
export type Prompts = {
  readonly frame: Prompt;
  readonly clip: Prompt;
  readonly merge: Prompt;
  readonly shorten: Prompt;
  readonly structured: Prompt;
  readonly videoSummary: Prompt;
};

/** The prompts of this package. A set of one's own is this one with some replaced: `{ ...PROMPTS, clip: mine }`. */
export const PROMPTS: Prompts = {
  frame: framePrompt,
  clip: clipPrompt,
  merge: mergePrompt,
  shorten: shortenPrompt,
  structured: structuredPrompt,
  videoSummary: videoSummaryPrompt,
};

/** What identifies prompts in a fingerprint: their ids and a hash of their words, so that a forgotten version does no harm. */
export function promptsIdentity(prompts: readonly Prompt[]): JsonObject {
  return Object.fromEntries(
    prompts.map((prompt) => [
      promptId(prompt),
      sha256(`${prompt.system}\n${prompt.ask}`).slice(0, 12),
    ]),
  );
}
