/** A table of positions: rows of numbers, row-major. */
export type PositionTable = { readonly values: Float32Array; readonly width: number };

/**
 * A table along one line (frames, or tokens of a text) with another number of rows, as the published
 * `interpolate_pos_embed_vit` makes it: more rows are interpolated linearly between half-pixel centres, of fewer the first are
 * kept.
 */
export function resizeLine({ values, width }: PositionTable, rows: number): Float32Array {
  const from = values.length / width;
  if (rows <= from) return values.slice(0, rows * width);
  const result = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const at = Math.max(0, ((row + 0.5) * from) / rows - 0.5);
    const low = Math.floor(at);
    const high = Math.min(low + 1, from - 1);
    const share = at - low;
    for (let column = 0; column < width; column++) {
      const below = values[low * width + column] ?? 0;
      const above = values[high * width + column] ?? 0;
      result[row * width + column] = below * (1 - share) + above * share;
    }
  }
  return result;
}

/**
 * A table of places (one row for the class, then a square grid row by row) for a grid of another side, as the published loader
 * makes it: bicubic with a = -0.75, half-pixel centres, borders repeated, no smoothing when it shrinks.
 */
export function resizeGrid({ values, width }: PositionTable, side: number): Float32Array {
  const from = Math.sqrt(values.length / width - 1);
  if (side === from) return values.slice();
  const axis = cubicAxis(from, side);
  const result = new Float32Array((side * side + 1) * width);
  result.set(values.subarray(0, width));
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const to = (1 + row * side + column) * width;
      for (const [y, yShare] of axis[row] ?? []) {
        for (const [x, xShare] of axis[column] ?? []) {
          const at = (1 + y * from + x) * width;
          const share = yShare * xShare;
          for (let k = 0; k < width; k++) {
            result[to + k] = (result[to + k] ?? 0) + share * (values[at + k] ?? 0);
          }
        }
      }
    }
  }
  return result;
}

const A = -0.75;

/** For each place of the new axis the four old places that it is made of, and their shares (Keys 1981, with PyTorch's a). */
function cubicAxis(
  from: number,
  to: number,
): readonly (readonly (readonly [place: number, share: number])[])[] {
  return Array.from({ length: to }, (_, index) => {
    const at = ((index + 0.5) * from) / to - 0.5;
    const low = Math.floor(at);
    const t = at - low;
    const shares = [far(t + 1), near(t), near(1 - t), far(2 - t)];
    return shares.map(
      (share, tap) => [Math.min(Math.max(low - 1 + tap, 0), from - 1), share] as const,
    );
  });
}

function near(x: number): number {
  return ((A + 2) * x - (A + 3)) * x * x + 1;
}

function far(x: number): number {
  return ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
}
