import { roundHalfEven } from '../round-half-even.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs, floor, max, min, sqrt } = Math;

const TAN_22_5 = 13573;
const TAN_SHIFT = 15;

/** Marks the edges of a picture. */
export interface EdgeMap {
  /**
   * Writes 1 on the thick edges of a grey picture and 0 elsewhere.
   *
   * @param grey one byte per pixel, row-major.
   * @param edges of the same size, overwritten.
   */
  detect(grey: Uint8Array, edges: Uint8Array): void;
}

/**
 * Canny edges as PySceneDetect 0.7.2 draws them: thresholds at 2/3 and 4/3 of the median brightness, 3 x 3 Sobel with the
 * picture's border repeated, |gx| + |gy| as magnitude, then a square dilation whose side grows with the picture.
 */
export function edgeMap(width: number, height: number): EdgeMap {
  const magnitude = new Int32Array((width + 2) * (height + 2));
  const gradientX = new Int32Array(width * height);
  const gradientY = new Int32Array(width * height);
  const thin = new Uint8Array(width * height);
  const rows = new Uint8Array(width * height);
  const stack = new Int32Array(width * height);
  const size = { width, height };
  return {
    detect(grey, edges) {
      const middle = median(grey);
      const low = floor(max(0, (2 / 3) * middle));
      const high = floor(min(255, (4 / 3) * middle));
      sobel(grey, size, gradientX, gradientY, magnitude);
      suppressNonMaxima(size, gradientX, gradientY, magnitude, low, thin);
      followEdges(size, magnitude, high, thin, stack);
      dilate(thin, size, dilationSize(width, height), rows, edges);
    },
  };
}

/** Side of the dilation square in pixels, odd: 5 for pictures of 256 x 144. */
export function dilationSize(width: number, height: number): number {
  const side = 4 + roundHalfEven(sqrt(width * height) / 192);
  return side % 2 === 0 ? side + 1 : side;
}

type Size = { readonly width: number; readonly height: number };

function median(grey: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of grey) counts[value] = (counts[value] as number) + 1;
  const at = (rank: number): number => {
    let seen = 0;
    for (let value = 0; value < 256; value++) {
      seen += counts[value] as number;
      if (seen > rank) return value;
    }
    return 255;
  };
  return (at((grey.length - 1) >> 1) + at(grey.length >> 1)) / 2;
}

function sobel(
  grey: Uint8Array,
  size: Size,
  gx: Int32Array,
  gy: Int32Array,
  magnitude: Int32Array,
): void {
  const { width, height } = size;
  for (let y = 0; y < height; y++) {
    const above = max(y - 1, 0) * width;
    const here = y * width;
    const below = min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x++) {
      const left = max(x - 1, 0);
      const right = min(x + 1, width - 1);
      const a = grey[above + left] as number;
      const c = grey[above + right] as number;
      const g = grey[below + left] as number;
      const i = grey[below + right] as number;
      const dx =
        c - a + 2 * ((grey[here + right] as number) - (grey[here + left] as number)) + i - g;
      const dy = g - a + 2 * ((grey[below + x] as number) - (grey[above + x] as number)) + i - c;
      gx[here + x] = dx;
      gy[here + x] = dy;
      magnitude[(y + 1) * (width + 2) + x + 1] = abs(dx) + abs(dy);
    }
  }
}

/** Marks ridges of the magnitude with 1. Magnitudes lie in a frame of zeros one pixel wide. */
function suppressNonMaxima(
  size: Size,
  gx: Int32Array,
  gy: Int32Array,
  magnitude: Int32Array,
  low: number,
  thin: Uint8Array,
): void {
  const { width, height } = size;
  const stride = width + 2;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const here = (y + 1) * stride + x + 1;
      const own = magnitude[here] as number;
      thin[at] =
        own > low && isRidge(magnitude, here, own, stride, gx[at] as number, gy[at] as number)
          ? 1
          : 0;
    }
  }
}

function isRidge(
  magnitude: Int32Array,
  here: number,
  own: number,
  stride: number,
  dx: number,
  dy: number,
): boolean {
  const x = abs(dx);
  const y = abs(dy) * (1 << TAN_SHIFT);
  const flat = x * TAN_22_5;
  if (y < flat)
    return own > (magnitude[here - 1] as number) && own >= (magnitude[here + 1] as number);
  if (y > flat + x * (1 << (TAN_SHIFT + 1))) {
    return (
      own > (magnitude[here - stride] as number) && own >= (magnitude[here + stride] as number)
    );
  }
  const slant = (dx ^ dy) < 0 ? -1 : 1;
  return (
    own > (magnitude[here - stride - slant] as number) &&
    own > (magnitude[here + stride + slant] as number)
  );
}

/** Keeps the ridges above `high` and those connected to them; the rest becomes 0. */
function followEdges(
  size: Size,
  magnitude: Int32Array,
  high: number,
  thin: Uint8Array,
  stack: Int32Array,
): void {
  const { width, height } = size;
  let depth = 0;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (thin[at] === 1 && (magnitude[(y + 1) * (width + 2) + x + 1] as number) > high) {
        thin[at] = 2;
        stack[depth++] = at;
      }
    }
  }
  while (depth > 0) {
    const at = stack[--depth] as number;
    const x = at % width;
    const y = (at - x) / width;
    for (let row = max(y - 1, 0); row <= min(y + 1, height - 1); row++) {
      for (let column = max(x - 1, 0); column <= min(x + 1, width - 1); column++) {
        const next = row * width + column;
        if (thin[next] !== 1) continue;
        thin[next] = 2;
        stack[depth++] = next;
      }
    }
  }
  for (let at = 0; at < thin.length; at++) thin[at] = (thin[at] as number) >> 1;
}

/** Thickens along the rows, then down the columns; outside the picture there is no edge. */
function dilate(
  thin: Uint8Array,
  size: Size,
  side: number,
  rows: Uint8Array,
  edges: Uint8Array,
): void {
  const { width, height } = size;
  const reach = side >> 1;
  for (let at = 0; at < thin.length; at++) {
    const x = at % width;
    const last = at + min(reach, width - 1 - x);
    let found = 0;
    for (let near = at - min(reach, x); near <= last; near++) found |= thin[near] as number;
    rows[at] = found;
  }
  for (let y = 0; y < height; y++) {
    const last = min(y + reach, height - 1);
    for (let x = 0; x < width; x++) {
      let found = 0;
      for (let row = max(y - reach, 0); row <= last; row++)
        found |= rows[row * width + x] as number;
      edges[y * width + x] = found;
    }
  }
}
