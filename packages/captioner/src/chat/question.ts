import type { JsonObject } from '@internvid/core';
import type { z } from 'zod';
import type { CaptionFrame } from '../captioner.js';
import type { Prompt } from '../prompts/prompt.js';
import type { Material } from './material.js';

/** One thing to ask a chat model, before it is known how often it must be asked. */
export type Question = {
  /** Id of the clip or video that the answer is about. */
  readonly about: string;
  /** See `framesSha256` of core: the frames that the answer rests on, seen or described. */
  readonly framesSha256: string;
  readonly prompt: Prompt;
  /** Values for the places of the prompt. */
  readonly values: Readonly<Record<string, string>>;
  /** Pictures, in order of time. */
  readonly pictures: readonly QuestionPicture[];
  /** Data that the prompt is about, such as captions to merge. */
  readonly data?: JsonObject;
  readonly material: Material;
  readonly rules: AnswerRules;
  /** Asks for JSON of this form instead of text. */
  readonly form?: z.ZodObject;
};

/** A picture with its time from the beginning of the clip. */
export type QuestionPicture = { readonly seconds: number; readonly frame: CaptionFrame };

/** What an answer must keep to. */
export type AnswerRules = {
  /** BCP 47 tag. */
  readonly language: string;
  readonly minWords: number;
  /** More is an answer that did not listen; the request asks for less. */
  readonly maxWords: number;
  /** By `estimatedTokens`; for models that cut what is longer. */
  readonly maxTokens?: number;
};
