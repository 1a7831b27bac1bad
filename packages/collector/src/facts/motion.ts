import { matchBlocks, pyramid, type BlockMotion, type Pyramid } from './blocks.js';
import { fitCamera, type CameraModel } from './camera-model.js';
import { shrink, type Grey } from './grey.js';

/** How the picture moved between two frames. Widths are picture widths. */
export type PairMotion = {
  /** Shift of the picture's content, positive to the right and down, in widths per second. */
  readonly right: number;
  readonly down: number;
  /** Growth of the content about the centre, as the natural logarithm of its size per second: 0.1 is about 10 % a second larger. */
  readonly growth: number;
  /** Clockwise turn of the content, in radians per second. */
  readonly turn: number;
  /** Median speed of the blocks that were followed, whatever their direction, in widths per second. */
  readonly median: number;
  /** Blocks that could be followed at all; motion is unknown where they are few. */
  readonly textured: number;
  /** Share of the textured blocks that were found again. */
  readonly found: number;
  /** Share of the textured blocks that move as one picture. */
  readonly following: number;
  /** Share of the textured blocks that stay where they were, within half a pixel of 128 to a width. */
  readonly resting: number;
};

/** Longest side, in pixels, of the pictures on which motion is measured. */
const ANALYSED_SIDE = 128;
/** Displacement in analysed pixels below which a block rests. */
const REST = 0.5;

/** A grey picture made ready for `motionBetween`. */
export function motionPicture(grey: Grey): Pyramid {
  const factor = Math.max(1, Math.ceil(Math.max(grey.width, grey.height) / ANALYSED_SIDE));
  return pyramid(shrink(grey, factor));
}

/** The motion from one picture to another of the same size, so many seconds later. */
export function motionBetween(from: Pyramid, to: Pyramid, seconds: number): PairMotion {
  const { textured, moves } = matchBlocks(from, to);
  const model = fitCamera(moves);
  const width = from[0].width;
  const share = (count: number): number => (textured === 0 ? 0 : count / textured);
  return {
    right: (model?.dx ?? 0) / width / seconds,
    down: (model?.dy ?? 0) / width / seconds,
    ...growthAndTurn(model, seconds),
    median: medianLength(moves) / width / seconds,
    textured,
    found: share(moves.length),
    following: share(model?.followers ?? 0),
    resting: share(moves.filter(({ dx, dy }) => Math.hypot(dx, dy) < REST).length),
  };
}

/** The fitted model is linear: only for small turns are its parts the growth and the angle themselves. */
function growthAndTurn(
  model: CameraModel | undefined,
  seconds: number,
): Pick<PairMotion, 'growth' | 'turn'> {
  if (model === undefined) return { growth: 0, turn: 0 };
  const [along, across] = [1 + model.growth, model.turn];
  return {
    growth: Math.log(Math.hypot(along, across)) / seconds,
    turn: Math.atan2(across, along) / seconds,
  };
}

function medianLength(moves: readonly BlockMotion[]): number {
  if (moves.length === 0) return 0;
  const lengths = moves.map(({ dx, dy }) => Math.hypot(dx, dy)).sort((a, b) => a - b);
  return lengths[lengths.length >> 1] as number;
}
