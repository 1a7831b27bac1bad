import type { Picture } from '@internvid/core/media';
import { colourAt, type ColourName } from './colours.js';

/** A strong colour in a picture. */
export type Accent = {
  readonly name: ColourName;
  /** Share of the picture that has it. */
  readonly share: number;
  /** Where its middle is, as shares of the picture's width and height. */
  readonly at: readonly [x: number, y: number];
  /** How far it reaches about its middle: standard deviations, as shares of the width and height. */
  readonly spread: readonly [x: number, y: number];
};

/**
 * A colour is strong from this CIE chroma and this saturation (chroma over distance from black, Lübbe 2008): skin, skies and
 * most lawns stay below, paint and petals do not, dark red paint neither.
 */
const STRONG_CHROMA = 30;
const STRONG_SATURATION = 0.55;
/** A smaller share is a speck. */
const MIN_SHARE = 0.01;

/** The strong colours of an rgb24 picture, the largest first. Give it a small picture: 64 x 36 pixels are plenty. */
export function accentsOf({ data, width, height }: Picture): readonly Accent[] {
  const places = new Map<ColourName, (readonly [x: number, y: number])[]>();
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 3, pixel * 3 + 3);
    const { name, chroma, lightness } = colourAt(red, green, blue);
    const saturation = chroma / Math.hypot(chroma, lightness);
    if (chroma < STRONG_CHROMA || saturation < STRONG_SATURATION) continue;
    const found = places.get(name) ?? [];
    found.push([((pixel % width) + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height]);
    places.set(name, found);
  }
  return [...places]
    .map(([name, found]): Accent => {
      const [x, y] = [found.map((place) => place[0]), found.map((place) => place[1])];
      const share = found.length / (width * height);
      return { name, share, at: [mean(x), mean(y)], spread: [deviation(x), deviation(y)] };
    })
    .filter(({ share }) => share >= MIN_SHARE)
    .sort((a, b) => b.share - a.share);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
