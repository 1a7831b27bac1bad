import type { PictureBox, Size } from '@internvid/core/media';

import { uniformValues } from '../random-values.js';

/** What is drawn for a clip: when its pictures are taken and how all of them are cut. */
export type Augmentation = {
  /** Shares of the clip's length, ascending. */
  readonly shares: readonly number[];
  readonly isMirrored: boolean;
  /** The part of pictures of a size that is taken: the same for all pictures of the clip. */
  readonly box: (size: Size) => PictureBox;
};

/** Of the area of the picture (`RandomResizedCrop` of the published training), and of width to height, torchvision's default. */
const AREAS = [0.5, 1] as const;
const RATIOS = [3 / 4, 4 / 3] as const;
const TRIES = 10;

/**
 * Draws an augmentation as the published training does: a random frame in each of `count` equal stretches, one random part of
 * half of the area or more, mirrored every other time.
 *
 * @param name the same name gives the same; take the seed, the epoch and the clip into it.
 */
export function augmentation(name: string, count: number): Augmentation {
  const [mirror = 0, ...values] = uniformValues(name, 1 + count + 4 * TRIES);
  const places = values.slice(0, count);
  const tries = values.slice(count);
  return {
    shares: places.map((place, stretch) => (stretch + Math.min(place, 0.999)) / count),
    isMirrored: mirror < 0.5,
    box: (size) => drawnBox(size, tries),
  };
}

function drawnBox({ width, height }: Size, values: readonly number[]): PictureBox {
  for (let at = 0; at < values.length; at += 4) {
    const [area = 0, ratio = 0, left = 0, top = 0] = values.slice(at, at + 4);
    const pixels = width * height * between(area, ...AREAS);
    const shape = Math.exp(between(ratio, Math.log(RATIOS[0]), Math.log(RATIOS[1])));
    const box = { width: rounded(pixels * shape), height: rounded(pixels / shape) };
    if (box.width > width || box.height > height) continue;
    return {
      ...box,
      left: Math.floor(Math.min(left, 0.999999) * (width - box.width + 1)),
      top: Math.floor(Math.min(top, 0.999999) * (height - box.height + 1)),
    };
  }
  return centralBox({ width, height });
}

/** The largest part in the middle whose shape is allowed. */
function centralBox({ width, height }: Size): PictureBox {
  const shape = Math.min(Math.max(width / height, RATIOS[0]), RATIOS[1]);
  const box = {
    width: Math.min(width, Math.max(1, Math.round(height * shape))),
    height: Math.min(height, Math.max(1, Math.round(width / shape))),
  };
  const middle = (whole: number, part: number): number => Math.floor((whole - part) / 2);
  return { ...box, left: middle(width, box.width), top: middle(height, box.height) };
}

function rounded(area: number): number {
  return Math.max(1, Math.round(Math.sqrt(area)));
}

function between(share: number, low: number, high: number): number {
  return low + share * (high - low);
}
