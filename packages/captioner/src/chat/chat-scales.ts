import type { CaptionScale } from '@internvid/core';
import type { Prompt } from '../prompts/prompt.js';
import type { Prompts } from '../prompts/prompts.js';

/** Scales that a chat model can caption at. */
export type ChatScale = Extract<CaptionScale, 'frame' | 'coarse' | 'fine' | 'clip'>;

/** A caption of another length beside that of the scale; told apart by `form` in the config of `by`. */
export type CaptionForm = {
  readonly name: 'short' | 'long';
  /** By `estimatedTokens`, both end marks included: 32 for ViCLIP, 77 for CLIP. For `short` only. */
  readonly maxTokens?: number;
};

/** What decides which captions are written. */
export type ScaleSettings = {
  readonly prompts: Prompts;
  readonly language: string;
  readonly maxPictures: number;
  readonly scales: readonly ChatScale[];
  readonly forms: readonly CaptionForm[];
};

/** The prompts that captions at these scales and of these forms may be asked with. */
export function usedPrompts({ prompts, scales, forms }: ScaleSettings): readonly Prompt[] {
  const has = (scale: ChatScale): boolean => scales.includes(scale);
  const long = forms.some(({ name }) => name === 'long');
  return [
    ...(has('frame') || has('coarse') || has('fine') ? [prompts.frame] : []),
    ...(has('clip') || long ? [prompts.clip] : []),
    ...(has('fine') || has('clip') || long ? [prompts.merge] : []),
    ...(forms.some(({ name }) => name === 'short') ? [prompts.shorten] : []),
  ];
}
