import type { Picture } from '@internvid/core/media';

/**
 * How pixels between pixels are found. Half-pixel centres everywhere.
 *
 * - `bicubic`: a = -0.75, four neighbours whatever the reduction, edges repeated: PyTorch's `interpolate` without antialias.
 * - `bilinear`: two neighbours whatever the reduction, edges repeated: OpenCV's default, but for the rounding of its
 *   fixed-point numbers.
 * - `antialiased-bicubic`: a = -0.5, as many neighbours as the reduction covers, rounded between the two directions: Pillow.
 */
export type ResampleFilter = 'bicubic' | 'bilinear' | 'antialiased-bicubic';

/** For each pixel of the result, `taps` neighbours and their shares. */
type Taps = { readonly taps: number; readonly places: Int32Array; readonly shares: Float64Array };

/**
 * An `rgb24` picture stretched to a size.
 *
 * @returns `width * height * 3` bytes, row-major, red, green, blue.
 */
export function resample(
  picture: Picture,
  width: number,
  height: number,
  filter: ResampleFilter,
): Uint8Array {
  const isAntialiased = filter === 'antialiased-bicubic';
  const across = tapsOf(picture.width, width, filter);
  const down = tapsOf(picture.height, height, filter);
  const rows = stretchAcross(picture, width, across, isAntialiased);
  return stretchDown(rows, width, height, down, filter === 'bicubic' ? halfToEven : halfUp);
}

function stretchAcross(
  { data, width: from, height }: Picture,
  width: number,
  { taps, places, shares }: Taps,
  rounds: boolean,
): Float64Array {
  const rows = new Float64Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [red, green, blue] = [0, 0, 0];
      for (let tap = x * taps; tap < (x + 1) * taps; tap++) {
        const share = shares[tap] ?? 0;
        const pixel = (y * from + (places[tap] ?? 0)) * 3;
        red += share * (data[pixel] ?? 0);
        green += share * (data[pixel + 1] ?? 0);
        blue += share * (data[pixel + 2] ?? 0);
      }
      const at = (y * width + x) * 3;
      rows[at] = rounds ? asByte(halfUp(red)) : red;
      rows[at + 1] = rounds ? asByte(halfUp(green)) : green;
      rows[at + 2] = rounds ? asByte(halfUp(blue)) : blue;
    }
  }
  return rows;
}

function stretchDown(
  rows: Float64Array,
  width: number,
  height: number,
  { taps, places, shares }: Taps,
  round: (value: number) => number,
): Uint8Array {
  const stride = width * 3;
  const pixels = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < stride; x++) {
      let sum = 0;
      for (let tap = y * taps; tap < (y + 1) * taps; tap++) {
        sum += (shares[tap] ?? 0) * (rows[(places[tap] ?? 0) * stride + x] ?? 0);
      }
      pixels[y * stride + x] = asByte(round(sum));
    }
  }
  return pixels;
}

function tapsOf(from: number, to: number, filter: ResampleFilter): Taps {
  return filter === 'antialiased-bicubic' ? pillowTaps(from, to) : fixedTaps(from, to, filter);
}

function fixedTaps(from: number, to: number, filter: 'bicubic' | 'bilinear'): Taps {
  const taps = filter === 'bicubic' ? 4 : 2;
  const weigh = filter === 'bicubic' ? (x: number) => cubic(x, -0.75) : (x: number) => 1 - x;
  const places = new Int32Array(to * taps);
  const shares = new Float64Array(to * taps);
  for (let out = 0; out < to; out++) {
    const centre = ((out + 0.5) * from) / to - 0.5;
    const first = Math.floor(centre) - taps / 2 + 1;
    for (let tap = 0; tap < taps; tap++) {
      places[out * taps + tap] = Math.min(Math.max(first + tap, 0), from - 1);
      shares[out * taps + tap] = weigh(Math.abs(centre - first - tap));
    }
  }
  return { taps, places, shares };
}

/** Shares in whole 2^-22, as Pillow holds them (`precompute_coeffs` and `normalize_coeffs_8bpc` of its `Resample.c`). */
function pillowTaps(from: number, to: number): Taps {
  const scale = from / to;
  const spread = Math.max(scale, 1);
  const support = 2 * spread;
  const taps = Math.ceil(support) * 2 + 1;
  const places = new Int32Array(to * taps);
  const shares = new Float64Array(to * taps);
  for (let out = 0; out < to; out++) {
    const centre = (out + 0.5) * scale;
    const first = Math.max(Math.trunc(centre - support + 0.5), 0);
    const count = Math.min(Math.trunc(centre + support + 0.5), from) - first;
    const weights = Array.from({ length: count }, (_, tap) =>
      cubic(Math.abs((first + tap - centre + 0.5) / spread), -0.5),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    for (const [tap, weight] of weights.entries()) {
      places[out * taps + tap] = first + tap;
      shares[out * taps + tap] = inSteps(weight / sum);
    }
  }
  return { taps, places, shares };
}

function inSteps(share: number): number {
  return Math.trunc(share * 2 ** 22 + (share < 0 ? -0.5 : 0.5)) / 2 ** 22;
}

/** Keys' cubic convolution. */
function cubic(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** The nearest whole number; of two equally near ones the even one, as PyTorch and Python round. */
export function halfToEven(value: number): number {
  const below = Math.floor(value);
  const over = value - below;
  if (over !== 0.5) return over < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function halfUp(value: number): number {
  return Math.floor(value + 0.5);
}

function asByte(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}
