import type { ViclipConfig } from '@internvid/viclip';

import { UsageError } from './exit.js';
import { wholeNumber } from './session.js';

/** Reads the attention heads of both towers, such as `12,8`. */
export function headsOf(text: string): { vision: number; text: number } {
  const [, vision, inText] = /^(\d+),(\d+)$/.exec(text.trim()) ?? [];
  if (vision === undefined || inText === undefined)
    throw new UsageError(
      `--heads takes two counts, of pictures and of texts, such as 12,8; got "${text}".`,
    );
  return {
    vision: wholeNumber('--heads', vision, 1),
    text: wholeNumber('--heads', inText, 1),
  };
}

/** The sizes of a model, a line each. */
export function sizeLines({ vision, text, dimension }: ViclipConfig): string[] {
  const tower = (sizes: { width: number; layers: number; heads: number }): string =>
    `width ${sizes.width}, ${sizes.layers} layers, ${sizes.heads} heads`;
  return [
    labelled(
      'pictures',
      `${tower(vision)}; ${vision.frames} frames of ${vision.image} pixels, patches of ${vision.patch}`,
    ),
    labelled('texts', `${tower(text)}; ${text.context} tokens of ${text.vocabulary}`),
    labelled('vectors', `${dimension} numbers`),
  ];
}

/** A name and what it is, aligned with others. */
export function labelled(name: string, value: string): string {
  return `${name.padEnd(13)} ${value}`;
}

/** `150.2 million`, `64,123`. */
export function millions(count: number): string {
  return count < 1e5 ? count.toLocaleString('en') : `${(count / 1e6).toFixed(1)} million`;
}
