/** Side of the blocks, in pixels. */
const BLOCK = 16;
/** Blocks darker or brighter than this are left out: there the noise is cut off. */
const DARKEST = 16;
const BRIGHTEST = 239;
/** The quarter of the blocks with the least texture. */
const SMOOTH_SHARE = 0.25;

/**
 * Standard deviation of the noise of a grey picture, in grey levels: Immerkær, "Fast noise variance estimation" (1996), whose mask
 * is blind to slopes, on blocks of 16 pixels, of which the smoothest quarter speaks, since texture looks like noise. `undefined`
 * where no block is free of black and white.
 *
 * It is the noise that is left at the size of the picture given: scaling down takes some away.
 */
export function noiseOf(luma: Uint8Array, width: number, height: number): number | undefined {
  const found: number[] = [];
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      const noise = blockNoise(luma, width, left, top);
      if (noise !== undefined) found.push(noise);
    }
  }
  if (found.length === 0) return undefined;
  found.sort((a, b) => a - b);
  return found[Math.floor((found.length - 1) * SMOOTH_SHARE)];
}

function blockNoise(
  luma: Uint8Array,
  width: number,
  left: number,
  top: number,
): number | undefined {
  let sum = 0;
  let brightness = 0;
  for (let y = top + 1; y < top + BLOCK - 1; y++) {
    for (let at = y * width + left + 1; at < y * width + left + BLOCK - 1; at++) {
      const centre = luma[at] as number;
      brightness += centre;
      const beside =
        (luma[at - 1] as number) +
        (luma[at + 1] as number) +
        (luma[at - width] as number) +
        (luma[at + width] as number);
      const corners =
        (luma[at - width - 1] as number) +
        (luma[at - width + 1] as number) +
        (luma[at + width - 1] as number) +
        (luma[at + width + 1] as number);
      sum += Math.abs(4 * centre - 2 * beside + corners);
    }
  }
  const pixels = (BLOCK - 2) ** 2;
  const level = brightness / pixels;
  // The mask has a norm of 6, the mean of |x| is sqrt(2 / pi) of a normal deviation.
  return level < DARKEST || level > BRIGHTEST
    ? undefined
    : (Math.sqrt(Math.PI / 2) * sum) / (6 * pixels);
}
