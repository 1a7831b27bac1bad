import { HALF_CELLS, type SmallFrame } from './transition-small-frame.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs, hypot, max, min } = Math;

/** How well a picture is explained by another one whose parts moved. */
export type MotionMatch = {
  /** Mean absolute difference of structure without any movement, in standard deviations. */
  still: number;
  /** The same after the best shift of the whole picture, over the part that both show. */
  shifted: number;
  /** Length of that shift as a share of the picture. */
  distance: number;
  /** The same when each block may come from anywhere near. */
  blocks: number;
  /** Share of the textured blocks that are not found again. */
  lost: number;
};

/** Cells by which the whole picture may shift, along and across the grid of half size. */
const REACH_X = 14;
const REACH_Y = 9;
/** Cells by which a block may move on its own, and its side. */
const BLOCK_REACH = 7;
const BLOCK = 4;
/** Spread in a block, in standard deviations of the picture, from which it can be recognised. */
const LEAST_TEXTURE = 0.12;
/** A block is lost when its best match leaves so much of its spread. */
const LOST = 0.6;

/** Looks for the content of `to` in `from`. Both are compared without mean and contrast, so that light does not count. */
export function matchMotion(from: SmallFrame, to: SmallFrame): MotionMatch {
  const width = to.width >> 1;
  const height = to.height >> 1;
  const reachX = to.width >= to.height ? REACH_X : REACH_Y;
  const reachY = to.width >= to.height ? REACH_Y : REACH_X;
  const still = shiftedDifference(from.structure, to.structure, width, height, 0, 0);
  let [shifted, dx, dy] = [still, 0, 0];
  for (let y = -reachY; y <= reachY; y++) {
    for (let x = -reachX; x <= reachX; x++) {
      const difference = shiftedDifference(from.structure, to.structure, width, height, x, y);
      if (difference < shifted) [shifted, dx, dy] = [difference, x, y];
    }
  }
  const distance = hypot(dx / width, dy / height);
  return { still, shifted, distance, ...matchBlocks(from, to, width, height, dx, dy) };
}

/** Every other row is looked at: neighbouring rows say nearly the same. */
function shiftedDifference(
  from: Float32Array,
  to: Float32Array,
  width: number,
  height: number,
  dx: number,
  dy: number,
): number {
  const left = max(0, -dx);
  const right = min(width, width - dx);
  let sum = 0;
  let count = 0;
  for (let y = max(0, -dy); y < min(height, height - dy); y += 2) {
    const offset = (y + dy) * width + dx;
    for (let x = left, at = y * width + left; x < right; x++, at++) {
      sum += abs((to[at] as number) - (from[offset + x] as number));
    }
    count += right - left;
  }
  return sum / count;
}

function matchBlocks(
  from: SmallFrame,
  to: SmallFrame,
  width: number,
  height: number,
  shiftX: number,
  shiftY: number,
): { blocks: number; lost: number } {
  let [sum, textured, lost] = [0, 0, 0];
  for (let top = 0; top < height; top += BLOCK) {
    for (let left = 0; left < width; left += BLOCK) {
      const spread = spreadOf(to.structure, width, left, top);
      const best = bestBlock(
        from.structure,
        to.structure,
        width,
        height,
        left,
        top,
        shiftX,
        shiftY,
      );
      sum += best;
      if (spread < LEAST_TEXTURE) continue;
      textured++;
      if (best > LOST * spread) lost++;
    }
  }
  const count = HALF_CELLS / (BLOCK * BLOCK);
  return { blocks: sum / count, lost: textured > 0 ? lost / textured : 0 };
}

/** Mean absolute distance of a block's cells from their mean. */
function spreadOf(structure: Float32Array, width: number, left: number, top: number): number {
  let mean = 0;
  for (let y = top; y < top + BLOCK; y++) {
    for (let at = y * width + left; at < y * width + left + BLOCK; at++)
      mean += (structure[at] as number) / (BLOCK * BLOCK);
  }
  let sum = 0;
  for (let y = top; y < top + BLOCK; y++) {
    for (let at = y * width + left; at < y * width + left + BLOCK; at++)
      sum += abs((structure[at] as number) - mean);
  }
  return sum / (BLOCK * BLOCK);
}

/** Least mean absolute difference over all places near the one where the block was, or near where the picture's shift puts it. */
function bestBlock(
  from: Float32Array,
  to: Float32Array,
  width: number,
  height: number,
  left: number,
  top: number,
  shiftX: number,
  shiftY: number,
): number {
  let best = Infinity;
  for (let around = 0; around < 2; around++) {
    const centreX = left + (around === 0 ? 0 : shiftX);
    const centreY = top + (around === 0 ? 0 : shiftY);
    const reach = around === 0 ? BLOCK_REACH : 2;
    for (let y = max(0, centreY - reach); y <= min(height - BLOCK, centreY + reach); y++) {
      for (let x = max(0, centreX - reach); x <= min(width - BLOCK, centreX + reach); x++) {
        best = min(best, blockDifference(from, to, width, y * width + x, top * width + left, best));
      }
    }
    if (shiftX === 0 && shiftY === 0) break;
  }
  return best;
}

function blockDifference(
  from: Float32Array,
  to: Float32Array,
  width: number,
  fromAt: number,
  toAt: number,
  limit: number,
): number {
  const most = limit * BLOCK * BLOCK;
  let sum = 0;
  for (let row = 0; row < BLOCK && sum < most; row++) {
    for (let column = 0; column < BLOCK; column++) {
      const at = row * width + column;
      sum += abs((to[toAt + at] as number) - (from[fromAt + at] as number));
    }
  }
  return sum / (BLOCK * BLOCK);
}
