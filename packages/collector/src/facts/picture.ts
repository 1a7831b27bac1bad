import type { Picture } from '@internvid/core/media';

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
};

/** Measures `rgb24` pictures of one size; keeps one working buffer. */
export function pictureFacts(): (picture: Picture) => PictureFacts {
  let luma = new Uint8Array(0);
  return ({ width, height, data }) => {
    if (luma.length !== width * height) luma = new Uint8Array(width * height);
    return { ...toneAndColour(data, luma), sharpness: laplacianVariance(luma, width, height) };
  };
}

function toneAndColour(rgb: Uint8Array, luma: Uint8Array): Omit<PictureFacts, 'sharpness'> {
  const pixels = luma.length;
  let [sum, squares, redGreen, redGreenSquares, yellowBlue, yellowBlueSquares] = [0, 0, 0, 0, 0, 0];
  for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += 3) {
    const r = rgb[at] as number;
    const g = rgb[at + 1] as number;
    const b = rgb[at + 2] as number;
    const y = (77 * r + 150 * g + 29 * b + 128) >> 8;
    luma[pixel] = y;
    sum += y;
    squares += y * y;
    redGreen += r - g;
    redGreenSquares += (r - g) * (r - g);
    // Twice the yellow-blue difference, to stay with whole numbers.
    const yb = r + g - 2 * b;
    yellowBlue += yb;
    yellowBlueSquares += yb * yb;
  }
  const spread =
    variance(redGreen, redGreenSquares, pixels) +
    variance(yellowBlue, yellowBlueSquares, pixels) / 4;
  const centre = Math.hypot(redGreen / pixels, yellowBlue / (2 * pixels));
  return {
    luminance: sum / pixels,
    contrast: Math.sqrt(variance(sum, squares, pixels)),
    colourfulness: Math.sqrt(spread) + 0.3 * centre,
  };
}

function laplacianVariance(luma: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const value =
        (luma[at - 1] as number) +
        (luma[at + 1] as number) +
        (luma[at - width] as number) +
        (luma[at + width] as number) -
        4 * (luma[at] as number);
      sum += value;
      squares += value * value;
    }
  }
  const pixels = Math.max(0, width - 2) * Math.max(0, height - 2);
  return pixels === 0 ? 0 : variance(sum, squares, pixels);
}

function variance(sum: number, squares: number, count: number): number {
  return Math.max(0, squares / count - (sum / count) ** 2);
}
