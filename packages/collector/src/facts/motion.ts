import type { Picture } from '@internvid/core/media';
import { matchBlocks, pyramid, type Pyramid } from './blocks.js';
import { fitCamera } from './camera-model.js';
import { greyFromRgb } from './grey.js';

/** How the picture moved between two frames. Widths are picture widths. */
export type PairMotion = {
  /** Shift of the picture's content, positive to the right and down, in widths per second. */
  readonly right: number;
  readonly down: number;
  /** Growth of the content about the centre, in shares per second: 0.1 is 10 % a second larger. */
  readonly growth: number;
  /** Clockwise turn of the content, in radians per second. */
  readonly turn: number;
  /** Blocks that could be followed at all; motion is unknown where they are few. */
  readonly textured: number;
  /** Share of the textured blocks that move as one picture. */
  readonly following: number;
  /** Share of the textured blocks that stay where they were, within half a pixel of 128 to a width. */
  readonly resting: number;
};

/** Longest side, in pixels, of the pictures on which motion is measured. */
const ANALYSED_SIDE = 128;
/** Displacement in analysed pixels below which a block rests. */
const REST = 0.5;

/** Follows `rgb24` pictures of one size from each given one to the next; `undefined` for the first. */
export function pairMotion(): (picture: Picture, timeMs: number) => PairMotion | undefined {
  let previous: { pyramid: Pyramid; timeMs: number } | undefined;
  return (picture, timeMs) => {
    const factor = Math.max(1, Math.ceil(Math.max(picture.width, picture.height) / ANALYSED_SIDE));
    const current = {
      pyramid: pyramid(greyFromRgb(picture.data, picture.width, picture.height, factor)),
      timeMs,
    };
    const before = previous;
    previous = current;
    return (
      before && motionBetween(before.pyramid, current.pyramid, (timeMs - before.timeMs) / 1000)
    );
  };
}

function motionBetween(from: Pyramid, to: Pyramid, seconds: number): PairMotion {
  const { textured, moves } = matchBlocks(from, to);
  const model = fitCamera(moves);
  const width = from[0].width;
  const share = (count: number): number => (textured === 0 ? 0 : count / textured);
  return {
    right: (model?.dx ?? 0) / width / seconds,
    down: (model?.dy ?? 0) / width / seconds,
    growth: (model?.growth ?? 0) / seconds,
    turn: (model?.turn ?? 0) / seconds,
    textured,
    following: share(model?.followers ?? 0),
    resting: share(moves.filter(({ dx, dy }) => Math.hypot(dx, dy) < REST).length),
  };
}
