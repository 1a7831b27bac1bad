import type { Look } from './gauge.js';
import { noiseOf } from './noise.js';

/** How one picture looks. */
export type PictureFacts = {
  /** Mean brightness, BT.601 luma, 0 to 255. */
  readonly luminance: number;
  /** Standard deviation of that brightness, 0 to 127.5. */
  readonly contrast: number;
  /**
   * Variance of the 4-neighbour Laplacian of that brightness, at the size of the picture given: only pictures analysed at one
   * size can be compared. Blurred pictures are low, noise counts as sharp.
   */
  readonly sharpness: number;
  /**
   * Hasler and Suesstrunk, "Measuring colourfulness in natural images" (2003), metric M3: 0 for grey, about 15 slightly, 45
   * averagely, 82 highly and 109 extremely colourful by their observers.
   */
  readonly colourfulness: number;
  /** Share of the pixels at a luma of 16 or less: their detail is lost in black. */
  readonly underExposed: number;
  /** Share of the pixels at a luma of 245 or more: their detail is burned out. */
  readonly overExposed: number;
  /** Share of the pixels that equal their right and lower neighbours to 1 level: drawn areas, sky that an encoder smoothed. */
  readonly flat: number;
  /** Standard deviation of the noise in grey levels, see `noiseOf`; `undefined` where there is nothing but black and white. */
  readonly noise: number | undefined;
};

/** Luma up to which a pixel is black, and from which it is white. */
const BLACK = 16;
const WHITE = 245;

/** Measures one picture. */
export function pictureFacts({ picture, luma }: Omit<Look, 'timeMs'>): PictureFacts {
  const { width, height, data } = picture;
  return {
    ...tone(luma),
    colourfulness: colourfulness(data, luma.length),
    ...texture(luma, width, height),
    noise: noiseOf(luma, width, height),
  };
}

function tone(
  luma: Uint8Array,
): Pick<PictureFacts, 'luminance' | 'contrast' | 'underExposed' | 'overExposed'> {
  const counts = new Uint32Array(256);
  for (let at = 0; at < luma.length; at++) (counts[luma[at] as number] as number)++;
  let [sum, squares, under, over] = [0, 0, 0, 0];
  counts.forEach((count, value) => {
    sum += count * value;
    squares += count * value * value;
    if (value <= BLACK) under += count;
    if (value >= WHITE) over += count;
  });
  return {
    luminance: sum / luma.length,
    contrast: Math.sqrt(variance(sum, squares, luma.length)),
    underExposed: under / luma.length,
    overExposed: over / luma.length,
  };
}

function colourfulness(rgb: Uint8Array, pixels: number): number {
  let [redGreen, redGreenSquares, yellowBlue, yellowBlueSquares] = [0, 0, 0, 0];
  for (let at = 0; at < pixels * 3; at += 3) {
    const r = rgb[at] as number;
    const g = rgb[at + 1] as number;
    const rg = r - g;
    redGreen += rg;
    redGreenSquares += rg * rg;
    // Twice the yellow-blue difference, to stay with whole numbers.
    const yb = r + g - 2 * (rgb[at + 2] as number);
    yellowBlue += yb;
    yellowBlueSquares += yb * yb;
  }
  const spread =
    variance(redGreen, redGreenSquares, pixels) +
    variance(yellowBlue, yellowBlueSquares, pixels) / 4;
  const centre = Math.hypot(redGreen / pixels, yellowBlue / (2 * pixels));
  return Math.sqrt(spread) + 0.3 * centre;
}

function texture(
  luma: Uint8Array,
  width: number,
  height: number,
): Pick<PictureFacts, 'sharpness' | 'flat'> {
  let [sum, squares, flat] = [0, 0, 0];
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const centre = luma[at] as number;
      const right = luma[at + 1] as number;
      const below = luma[at + width] as number;
      const value =
        (luma[at - 1] as number) + right + (luma[at - width] as number) + below - 4 * centre;
      sum += value;
      squares += value * value;
      if (Math.abs(right - centre) <= 1 && Math.abs(below - centre) <= 1) flat++;
    }
  }
  const pixels = Math.max(0, width - 2) * Math.max(0, height - 2);
  if (pixels === 0) return { sharpness: 0, flat: 1 };
  return { sharpness: variance(sum, squares, pixels), flat: flat / pixels };
}

function variance(sum: number, squares: number, count: number): number {
  return Math.max(0, squares / count - (sum / count) ** 2);
}
