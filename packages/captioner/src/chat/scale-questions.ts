import { framesSha256, type JsonObject } from '@internvid/core';
import type { CaptionFrame, CaptionRequest } from '../captioner.js';
import type { Prompt } from '../prompts/prompt.js';
import type { Prompts } from '../prompts/prompts.js';
import { materialOf } from './material.js';
import type { Question } from './question.js';

/** What the questions of a captioner share. */
export type QuestionSettings = {
  readonly prompts: Prompts;
  /** BCP 47 tag of the captions. */
  readonly language: string;
};

/** A caption of a stretch of a clip, to be merged with others. */
export type CaptionPart = {
  /** From the beginning of the clip. */
  readonly fromSeconds: number;
  /** Absent for a single moment. */
  readonly toSeconds?: number;
  readonly caption: string;
};

/** Words that are asked for at each kind of question. */
export const WORDS = { frame: 30, clip: 80, long: 250 } as const;
const MIN_WORDS = 3;
/** Models count badly: so much more than was asked for is let pass. */
const LENIENCE = 1.5;
const SECOND_MS = 1_000;

/** Asks about one frame. */
export function frameQuestion(
  request: CaptionRequest,
  frame: CaptionFrame,
  settings: QuestionSettings,
): Question {
  return pictureQuestion(request, [frame], settings.prompts.frame, WORDS.frame, settings);
}

/** Asks about frames of a clip at once. */
export function clipQuestion(
  request: CaptionRequest,
  frames: readonly CaptionFrame[],
  settings: QuestionSettings,
  words: number = WORDS.clip,
): Question {
  return pictureQuestion(request, frames, settings.prompts.clip, words, settings);
}

/** Asks for one caption of what captions of parts say. */
export function mergeQuestion(
  request: CaptionRequest,
  parts: readonly CaptionPart[],
  settings: QuestionSettings,
  words: number = WORDS.clip,
): Question {
  const { texts: _, measured } = materialOf(request);
  return {
    ...textQuestion(request, settings.prompts.merge, words, settings),
    data: { captions: parts.map((part): JsonObject => ({ ...part })) },
    // The parts were made with the texts in view; only what was measured of the whole is new.
    material: { texts: {}, measured },
  };
}

/** Asks for a caption in so few words that it has at most `maxTokens`. */
export function shortenQuestion(
  request: CaptionRequest,
  caption: string,
  maxTokens: number,
  settings: QuestionSettings,
): Question {
  const words = Math.max(MIN_WORDS, Math.floor(maxTokens / TOKENS_PER_WORD));
  const question = textQuestion(request, settings.prompts.shorten, words, settings);
  return {
    ...question,
    data: { caption },
    rules: { ...question.rules, maxWords: maxTokens, maxTokens },
  };
}

/** A word of a caption and its share of marks, by `estimatedTokens`. */
const TOKENS_PER_WORD = 2;

/** Asks about pictures, with what else is known of the clip. */
export function pictureQuestion(
  request: CaptionRequest,
  frames: readonly CaptionFrame[],
  prompt: Prompt,
  words: number,
  settings: QuestionSettings,
): Question {
  const { startMs } = request.clip.span;
  return {
    ...textQuestion(request, prompt, words, settings),
    framesSha256: framesSha256(frames.map((frame) => frame.sha256)),
    pictures: frames.map((frame) => ({ seconds: (frame.timeMs - startMs) / SECOND_MS, frame })),
    material: materialOf(request),
  };
}

function textQuestion(
  { clip, frames }: CaptionRequest,
  prompt: Prompt,
  words: number,
  { language }: QuestionSettings,
): Question {
  return {
    about: clip.id,
    framesSha256: framesSha256(frames.map((frame) => frame.sha256)),
    prompt,
    values: { words: String(words), language: languageName(language) },
    pictures: [],
    material: { texts: {}, measured: {} },
    rules: { language, minWords: MIN_WORDS, maxWords: Math.ceil(words * LENIENCE) },
  };
}

/** A language in English, as prompts name it. */
export function languageName(tag: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
}
