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
  const { kernel, results, integers } = from.sums;
  kernel.shift(from.structure.byteOffset, to.structure.byteOffset, width, height, reachX, reachY);
  const [still, shifted] = results as unknown as [number, number];
  const [dx, dy] = [integers[2] as number, integers[3] as number];
  const distance = hypot(dx / width, dy / height);
  return { still, shifted, distance, ...matchBlocks(from, to, width, height, dx, dy) };
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
      const best = bestBlock(from, to, left, top, shiftX, shiftY);
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
  from: SmallFrame,
  to: SmallFrame,
  left: number,
  top: number,
  shiftX: number,
  shiftY: number,
): number {
  const near = bestNear(from, to, left, top, 0, 0, BLOCK_REACH, Infinity);
  const best =
    shiftX === 0 && shiftY === 0 ? near : bestNear(from, to, left, top, shiftX, shiftY, 2, near);
  return best / (BLOCK * BLOCK);
}

function bestNear(
  from: SmallFrame,
  to: SmallFrame,
  left: number,
  top: number,
  shiftX: number,
  shiftY: number,
  reach: number,
  best: number,
): number {
  const width = to.width >> 1;
  const height = to.height >> 1;
  return from.sums.kernel.block(
    from.structure.byteOffset,
    to.structure.byteOffset + (top * width + left) * 4,
    width,
    max(0, left + shiftX - reach),
    min(width - BLOCK, left + shiftX + reach),
    max(0, top + shiftY - reach),
    min(height - BLOCK, top + shiftY + reach),
    best,
  );
}
