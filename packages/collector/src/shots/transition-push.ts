import { HALF_CELLS, STRIP, type SmallFrame } from './transition-small-frame.js';

/** How well a picture is the old one shoved out by the new one. */
export type Push = {
  /** Mean absolute difference that the best position leaves, as a share of the difference of old and new. */
  readonly residue: number;
  /** How far the new picture has come at each of the frames, 0 to 1. */
  readonly progress: readonly number[];
};

/** Which way: along rows or columns, and whether the new picture comes from the far end (right, bottom). */
type Direction = { readonly alongRows: boolean; readonly fromEnd: boolean };

const DIRECTIONS: readonly Direction[] = [true, false].flatMap((alongRows) =>
  [true, false].map((fromEnd) => ({ alongRows, fromEnd })),
);

const VALUES = (3 * HALF_CELLS) / STRIP;

/** Old, new and old strips side by side, along rows or columns, and how far old and new are apart. */
type Rails = { readonly joined: Float32Array; readonly whole: number; readonly alongRows: boolean };

/** Fits a push to some frames between an old and a new picture; the middle one of them settles the direction. */
export function fitPush(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): Push {
  const middle = frames[frames.length >> 1] as SmallFrame;
  const rails = { across: railsOf(old, fresh, true), down: railsOf(old, fresh, false) };
  let best: { direction: Direction; fit: Fit } | undefined;
  for (const direction of DIRECTIONS) {
    const fit = bestPosition(direction.alongRows ? rails.across : rails.down, middle, direction);
    if (best === undefined || fit.residue < best.fit.residue) best = { direction, fit };
  }
  const { direction, fit } = best as { direction: Direction; fit: Fit };
  const chosen = direction.alongRows ? rails.across : rails.down;
  const fits = frames.map((frame) =>
    frame === middle ? fit : bestPosition(chosen, frame, direction),
  );
  return {
    residue: fits.reduce((sum, { residue }) => sum + residue, 0) / fits.length,
    progress: fits.map(({ progress }) => progress),
  };
}

type Fit = { readonly residue: number; readonly progress: number };

function railsOf(old: SmallFrame, fresh: SmallFrame, alongRows: boolean): Rails {
  const { sums, width, height } = old;
  const [a, b] = [stripsOf(old, alongRows), stripsOf(fresh, alongRows)];
  const length = (alongRows ? width : height) >> 1;
  const joined = alongRows ? sums.joinedRows : sums.joinedColumns;
  sums.kernel.join(a.byteOffset, b.byteOffset, joined.byteOffset, length, VALUES / length);
  return { joined, whole: sums.absolute(a, b, VALUES), alongRows };
}

function stripsOf(frame: SmallFrame, alongRows: boolean): Float32Array {
  return alongRows ? frame.rowStrips : frame.columnStrips;
}

/** Moving from the far end, the old picture leaves by the near one and the new one follows it; else the other way round. */
function bestPosition(
  { joined, whole, alongRows }: Rails,
  frame: SmallFrame,
  { fromEnd }: Direction,
): Fit {
  const { kernel, integers } = frame.sums;
  const length = (alongRows ? frame.width : frame.height) >> 1;
  const first = fromEnd ? 1 : length + 1;
  const least = kernel.slide(
    stripsOf(frame, alongRows).byteOffset,
    joined.byteOffset,
    length,
    VALUES / length,
    first,
    first + length - 1,
  );
  const offset = integers[0] as number;
  const progress = (fromEnd ? offset : 2 * length - offset) / length;
  return { residue: least / (whole + VALUES), progress };
}
