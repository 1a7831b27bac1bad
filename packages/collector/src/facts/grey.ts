/** A small grey picture, one byte per pixel, row-major. */
export type Grey = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** A grey picture averaged over squares of `factor` pixels; what does not fill a square at the right and bottom is left out. */
export function shrink({ width, height, data }: Grey, factor: number): Grey {
  const small = { width: Math.floor(width / factor), height: Math.floor(height / factor) };
  const means = new Uint8Array(small.width * small.height);
  const divisor = factor * factor;
  for (let y = 0, at = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++, at++) {
      let sum = divisor >> 1;
      for (let row = y * factor; row < (y + 1) * factor; row++) {
        const from = row * width + x * factor;
        for (let pixel = from; pixel < from + factor; pixel++) sum += data[pixel] as number;
      }
      means[at] = sum / divisor;
    }
  }
  return { ...small, data: means };
}

/** The picture at half the size, each pixel the mean of four. */
export function half(grey: Grey): Grey {
  const width = grey.width >> 1;
  const height = grey.height >> 1;
  const data = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    let from = 2 * y * grey.width;
    for (let x = 0; x < width; x++, at++, from += 2) {
      const sum =
        (grey.data[from] as number) +
        (grey.data[from + 1] as number) +
        (grey.data[from + grey.width] as number) +
        (grey.data[from + grey.width + 1] as number);
      data[at] = (sum + 2) >> 2;
    }
  }
  return { width, height, data };
}
