import { roundHalfEven } from '../round-half-even.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { ceil, floor, fround, max, min } = Math;

/** Source pixels that go into one target pixel, along one axis. */
type Share = { readonly from: number; readonly weights: Float32Array };

/** Source parts smaller than this are left out, as in the reference. */
const LEAST_PART = 0.001;

/**
 * Reduces grey pictures of `width` x `height` to `side` x `side` by averaging areas, as OpenCV's `INTER_AREA` does: with the same
 * float32 sums in the same order, so that the rounded levels are the same.
 *
 * @returns takes `width * height` levels, gives `side * side` whole levels, row-major, in the same array each time.
 */
export function areaAverage(
  width: number,
  height: number,
  side: number,
): (grey: Uint8Array) => Float64Array {
  const result = new Float64Array(side * side);
  if (width % side === 0 && height % side === 0) {
    return (grey) => averageBlocks(grey, width, height, side, result);
  }
  const across = sharesOf(width, side);
  const down = sharesOf(height, side);
  const rows = new Float32Array(side * height);
  return (grey) => {
    shrinkRows(grey, width, height, across, rows);
    shrinkColumns(rows, side, down, result);
    return result;
  };
}

/** Whole blocks are summed in integers and multiplied once. */
function averageBlocks(
  grey: Uint8Array,
  width: number,
  height: number,
  side: number,
  result: Float64Array,
): Float64Array {
  const blockWidth = width / side;
  const blockHeight = height / side;
  const scale = fround(1 / (blockWidth * blockHeight));
  for (let at = 0; at < result.length; at++) {
    const left = (at % side) * blockWidth;
    const top = floor(at / side) * blockHeight;
    let sum = 0;
    for (let y = top; y < top + blockHeight; y++) {
      for (let x = left; x < left + blockWidth; x++) sum += grey[y * width + x] as number;
    }
    result[at] = roundHalfEven(fround(sum * scale));
  }
  return result;
}

/** Target pixel o covers `[o s, (o + 1) s)` of the source, s being how many times longer the source is. */
function sharesOf(length: number, side: number): readonly Share[] {
  const scale = length / side;
  return Array.from({ length: side }, (_, target) => {
    const start = target * scale;
    const end = min(start + scale, length);
    const cell = min(scale, length - start);
    const parts: [at: number, part: number][] = [];
    for (let at = floor(start); at < min(ceil(end), length); at++) {
      const part = min(end, at + 1) - max(start, at);
      if (part > LEAST_PART) parts.push([at, part / cell]);
    }
    return { from: parts[0]?.[0] ?? 0, weights: Float32Array.from(parts, ([, weight]) => weight) };
  });
}

function shrinkRows(
  grey: Uint8Array,
  width: number,
  height: number,
  shares: readonly Share[],
  rows: Float32Array,
): void {
  for (let y = 0, at = 0; y < height; y++) {
    for (const { from, weights } of shares) {
      let sum = 0;
      for (let part = 0; part < weights.length; part++) {
        const level = grey[y * width + from + part] as number;
        sum = fround(sum + fround(level * (weights[part] as number)));
      }
      rows[at++] = sum;
    }
  }
}

function shrinkColumns(
  rows: Float32Array,
  side: number,
  shares: readonly Share[],
  result: Float64Array,
): void {
  let at = 0;
  for (const { from, weights } of shares) {
    for (let x = 0; x < side; x++) {
      let sum = 0;
      for (let part = 0; part < weights.length; part++) {
        const value = rows[(from + part) * side + x] as number;
        sum = fround(sum + fround(value * (weights[part] as number)));
      }
      result[at++] = roundHalfEven(sum);
    }
  }
}
