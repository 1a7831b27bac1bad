import { half, type Grey } from './grey.js';

/** A grey picture at full, half and quarter size. */
export type Pyramid = readonly [Grey, Grey, Grey];

/** Where one block of a picture went, in pixels of the full-size grey picture. */
export type BlockMotion = {
  /** Centre of the block relative to the picture's centre. */
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
};

/** Side of a block in the full-size grey picture, in pixels. */
const SIDE = 16;
/** How far a block may be from where its search starts, in pixels of the half-size picture. */
const MAX_STEPS = 8;
/**
 * Least strength of the weakest gradient direction for a block to say where it went: below it the block is flat, or a single
 * straight edge that looks the same when it slides along itself. Mean squared grey levels per pixel.
 */
const MIN_TEXTURE = 6;
/** A match is believed when what is left of the block's contrast is at most this share. */
const MAX_RESIDUE = 0.4;

/** Makes the three sizes that matching works on. */
export function pyramid(grey: Grey): Pyramid {
  const second = half(grey);
  return [grey, second, half(second)];
}

/**
 * Follows textured blocks of one picture into another of the same size: first one shift for the whole picture, up to a quarter of
 * its size, then each block from there or from rest, last to a fraction of a pixel.
 *
 * @returns `textured`: how many blocks could be followed at all; `moves`: those that were found again.
 */
export function matchBlocks(
  from: Pyramid,
  to: Pyramid,
): { textured: number; moves: BlockMotion[] } {
  const shift = wholeShift(from[2], to[2]);
  const [grey] = from;
  const moves: BlockMotion[] = [];
  let textured = 0;
  for (let top = 0; top + SIDE <= grey.height; top += SIDE) {
    for (let left = 0; left + SIDE <= grey.width; left += SIDE) {
      const contrast = contrastIfTextured(grey, left, top);
      if (contrast === undefined) continue;
      textured++;
      const move = followBlock(from, to, left, top, shift);
      if (move === undefined || move.error > MAX_RESIDUE * contrast) continue;
      const x = left + SIDE / 2 - grey.width / 2;
      const y = top + SIDE / 2 - grey.height / 2;
      moves.push({ x, y, dx: move.dx, dy: move.dy });
    }
  }
  return { textured, moves };
}

/** The shift with the least mean absolute difference over the common part, at most a quarter of the size. */
function wholeShift(from: Grey, to: Grey): { dx: number; dy: number } {
  const reachX = from.width >> 2;
  const reachY = from.height >> 2;
  let best = { dx: 0, dy: 0 };
  let least = meanDifference(from, to, 0, 0);
  for (let dy = -reachY; dy <= reachY; dy++) {
    for (let dx = -reachX; dx <= reachX; dx++) {
      const difference = meanDifference(from, to, dx, dy);
      if (difference < least) {
        least = difference;
        best = { dx, dy };
      }
    }
  }
  return best;
}

function meanDifference(from: Grey, to: Grey, dx: number, dy: number): number {
  const { width, height } = from;
  const firstX = Math.max(0, -dx);
  const lastX = Math.min(width, width - dx);
  const firstY = Math.max(0, -dy);
  const lastY = Math.min(height, height - dy);
  const offset = dy * width + dx;
  let sum = 0;
  for (let y = firstY; y < lastY; y++) {
    for (let at = y * width + firstX; at < y * width + lastX; at++) {
      sum += Math.abs((from.data[at] as number) - (to.data[at + offset] as number));
    }
  }
  return sum / ((lastX - firstX) * (lastY - firstY));
}

/** Sum of squared distances of the block's pixels from their mean, or `undefined` when it has too little texture. */
function contrastIfTextured(grey: Grey, left: number, top: number): number | undefined {
  const { width, height, data } = grey;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  let sum = 0;
  let squares = 0;
  for (let y = top; y < top + SIDE; y++) {
    const below = y + 1 < height ? width : 0;
    for (let x = left; x < left + SIDE; x++) {
      const at = y * width + x;
      const value = data[at] as number;
      const gx = (data[x + 1 < width ? at + 1 : at] as number) - value;
      const gy = (data[at + below] as number) - value;
      xx += gx * gx;
      yy += gy * gy;
      xy += gx * gy;
      sum += value;
      squares += value * value;
    }
  }
  const weakest = (xx + yy - Math.sqrt((xx - yy) ** 2 + 4 * xy * xy)) / 2;
  const pixels = SIDE * SIDE;
  return weakest / pixels < MIN_TEXTURE ? undefined : squares - (sum * sum) / pixels;
}

type Match = { dx: number; dy: number; error: number };

function followBlock(
  from: Pyramid,
  to: Pyramid,
  left: number,
  top: number,
  shift: { dx: number; dy: number },
): Match | undefined {
  const starts = [
    { dx: 2 * shift.dx, dy: 2 * shift.dy },
    { dx: 0, dy: 0 },
  ];
  const coarse = descend(from[1], to[1], left >> 1, top >> 1, SIDE >> 1, starts, MAX_STEPS);
  if (coarse === undefined) return undefined;
  const fine = descend(
    from[0],
    to[0],
    left,
    top,
    SIDE,
    [{ dx: 2 * coarse.dx, dy: 2 * coarse.dy }],
    2,
  );
  return fine && { ...subpixel(from[0], to[0], left, top, fine), error: fine.error };
}

/** Walks downhill in squared error, one pixel in any of eight directions at a time, from the best of the starts. */
function descend(
  from: Grey,
  to: Grey,
  left: number,
  top: number,
  side: number,
  starts: readonly { dx: number; dy: number }[],
  maxSteps: number,
): Match | undefined {
  let best: Match = { dx: 0, dy: 0, error: Infinity };
  for (const { dx, dy } of starts) {
    const error = blockError(from, to, left, top, side, dx, dy, best.error);
    if (error < best.error) best = { dx, dy, error };
  }
  for (let step = 0; step < maxSteps && best.error > 0; step++) {
    const centre = best;
    for (let dy = centre.dy - 1; dy <= centre.dy + 1; dy++) {
      for (let dx = centre.dx - 1; dx <= centre.dx + 1; dx++) {
        if (dx === centre.dx && dy === centre.dy) continue;
        const error = blockError(from, to, left, top, side, dx, dy, best.error);
        if (error < best.error) best = { dx, dy, error };
      }
    }
    if (best === centre) break;
  }
  return best.error === Infinity ? undefined : best;
}

/** Sum of squared differences, or infinity when the block leaves the picture or is worse than `limit`. */
function blockError(
  from: Grey,
  to: Grey,
  left: number,
  top: number,
  side: number,
  dx: number,
  dy: number,
  limit: number,
): number {
  const { width, height } = to;
  if (left + dx < 0 || top + dy < 0 || left + dx + side > width || top + dy + side > height)
    return Infinity;
  const offset = dy * width + dx;
  let sum = 0;
  for (let y = top; y < top + side && sum < limit; y++) {
    const start = y * width + left;
    for (let at = start; at < start + side; at++) {
      const difference = (from.data[at] as number) - (to.data[at + offset] as number);
      sum += difference * difference;
    }
  }
  return sum < limit ? sum : Infinity;
}

/**
 * One step of Lucas and Kanade (1981) from a whole-pixel match, at most a pixel each way. Unlike a parabola through neighbouring
 * errors it is exactly zero for equal blocks.
 */
function subpixel(
  from: Grey,
  to: Grey,
  left: number,
  top: number,
  match: Match,
): { dx: number; dy: number } {
  const { width, height } = from;
  const { dx, dy } = match;
  const offset = dy * width + dx;
  // Gradients need a neighbour on every side, in both pictures.
  const firstX = Math.max(left, 1, 1 - dx);
  const lastX = Math.min(left + SIDE, width - 1, width - 1 - dx);
  const firstY = Math.max(top, 1, 1 - dy);
  const lastY = Math.min(top + SIDE, height - 1, height - 1 - dy);
  let [xx, yy, xy, xe, ye] = [0, 0, 0, 0, 0];
  for (let y = firstY; y < lastY; y++) {
    for (let at = y * width + firstX; at < y * width + lastX; at++) {
      const gx = slope(from.data, at, 1) + slope(to.data, at + offset, 1);
      const gy = slope(from.data, at, width) + slope(to.data, at + offset, width);
      const error = (from.data[at] as number) - (to.data[at + offset] as number);
      xx += gx * gx;
      yy += gy * gy;
      xy += gx * gy;
      xe += gx * error;
      ye += gy * error;
    }
  }
  const determinant = xx * yy - xy * xy;
  if (determinant <= 0) return { dx, dy };
  // Each slope spans two pixels and two pictures were added.
  const stepX = (4 * (yy * xe - xy * ye)) / determinant;
  const stepY = (4 * (xx * ye - xy * xe)) / determinant;
  return { dx: dx + Math.max(-1, Math.min(1, stepX)), dy: dy + Math.max(-1, Math.min(1, stepY)) };
}

function slope(data: Uint8Array, at: number, step: number): number {
  return (data[at + step] as number) - (data[at - step] as number);
}
