import type { BlockMotion } from './blocks.js';

/** One movement of the whole picture, as a camera makes it: `d = shift + growth * p + turn * perpendicular(p)`. */
export type CameraModel = {
  /** Shift of the picture's centre, in the unit of the blocks. Positive is right and down. */
  readonly dx: number;
  readonly dy: number;
  /** Growth of distances from the centre: 0.1 is 10 % larger. */
  readonly growth: number;
  /** Clockwise turn in radians. */
  readonly turn: number;
  /** Blocks that follow the model within the last tolerance. */
  readonly followers: number;
};

/** Tolerances in pixels, one for each round of fitting: wide at first so that a poor start can move. */
const TOLERANCES = [4, 2, 1.2, 0.8, 0.8];

/** Fits shift, growth and turn to blocks, leaving out those that go elsewhere; `undefined` for fewer than four blocks. */
export function fitCamera(blocks: readonly BlockMotion[]): CameraModel | undefined {
  if (blocks.length < 4) return undefined;
  let model: CameraModel = {
    dx: medianOf(blocks.map(({ dx }) => dx)),
    dy: medianOf(blocks.map(({ dy }) => dy)),
    growth: 0,
    turn: 0,
    followers: 0,
  };
  for (const tolerance of TOLERANCES) {
    const followers = blocks.filter((block) => distance(block, model) <= tolerance);
    if (followers.length < 4) return { ...model, followers: followers.length };
    model = leastSquares(followers);
  }
  const last = TOLERANCES[TOLERANCES.length - 1] as number;
  return { ...model, followers: blocks.filter((block) => distance(block, model) <= last).length };
}

function distance(block: BlockMotion, model: CameraModel): number {
  const x = model.dx + model.growth * block.x - model.turn * block.y;
  const y = model.dy + model.growth * block.y + model.turn * block.x;
  return Math.hypot(block.dx - x, block.dy - y);
}

/** The closed form for a similarity: centre the points, then growth and turn are dot and cross products. */
function leastSquares(blocks: readonly BlockMotion[]): CameraModel {
  const mean = { x: 0, y: 0, dx: 0, dy: 0 };
  for (const block of blocks) {
    mean.x += block.x / blocks.length;
    mean.y += block.y / blocks.length;
    mean.dx += block.dx / blocks.length;
    mean.dy += block.dy / blocks.length;
  }
  let dot = 0;
  let cross = 0;
  let spread = 0;
  for (const block of blocks) {
    const x = block.x - mean.x;
    const y = block.y - mean.y;
    dot += x * (block.dx - mean.dx) + y * (block.dy - mean.dy);
    cross += x * (block.dy - mean.dy) - y * (block.dx - mean.dx);
    spread += x * x + y * y;
  }
  const growth = spread > 0 ? dot / spread : 0;
  const turn = spread > 0 ? cross / spread : 0;
  const dx = mean.dx - growth * mean.x + turn * mean.y;
  const dy = mean.dy - growth * mean.y - turn * mean.x;
  return { dx, dy, growth, turn, followers: blocks.length };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}
