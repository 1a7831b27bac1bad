/** Width and height in pixels. */
export type Size = { readonly width: number; readonly height: number };

/**
 * The largest size of the same shape whose longer side is at most `longestSide`. Never larger than the picture itself;
 * sides are rounded, and at least 1.
 *
 * @throws RangeError unless all numbers are whole and positive.
 */
export function fitWithin({ width, height }: Size, longestSide: number): Size {
  for (const [name, value] of Object.entries({ width, height, longestSide })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number of pixels, at least 1, got ${value}.`);
    }
  }
  const scale = Math.min(1, longestSide / Math.max(width, height));
  const fit = (side: number): number => Math.max(1, Math.round(side * scale));
  return { width: fit(width), height: fit(height) };
}
