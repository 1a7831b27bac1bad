import type { SmallFrame } from './transition-small-frame.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs } = Math;

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

/** Fits a push to some frames between an old and a new picture; the middle one of them settles the direction. */
export function fitPush(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): Push {
  const middle = frames[frames.length >> 1] as SmallFrame;
  let best: { direction: Direction; residue: number } | undefined;
  for (const direction of DIRECTIONS) {
    const { residue } = bestPosition(old, fresh, middle, direction);
    if (best === undefined || residue < best.residue) best = { direction, residue };
  }
  const { direction } = best as { direction: Direction };
  const fits = frames.map((frame) => bestPosition(old, fresh, frame, direction));
  return {
    residue: fits.reduce((sum, { residue }) => sum + residue, 0) / fits.length,
    progress: fits.map(({ progress }) => progress),
  };
}

function bestPosition(
  old: SmallFrame,
  fresh: SmallFrame,
  frame: SmallFrame,
  { alongRows, fromEnd }: Direction,
): { residue: number; progress: number } {
  const [a, b, f] = alongRows
    ? [old.rowStrips, fresh.rowStrips, frame.rowStrips]
    : [old.columnStrips, fresh.columnStrips, frame.columnStrips];
  const length = (alongRows ? frame.width : frame.height) >> 1;
  let whole = 0;
  for (let at = 0; at < f.length; at++) whole += abs((a[at] as number) - (b[at] as number));
  let [least, progress] = [Infinity, 0];
  for (let shift = 1; shift < length; shift++) {
    // Moving from the far end, `a` leaves by the near one; the other way round both change places.
    const cost = fromEnd
      ? shovedDifference(f, a, b, length, shift, least)
      : shovedDifference(f, b, a, length, length - shift, least);
    if (cost < least) [least, progress] = [cost, shift / length];
  }
  return { residue: least / (whole + f.length), progress };
}

/** Sum of absolute differences when the first picture stands `shift` cells further back and the second one follows it. */
function shovedDifference(
  frame: Float32Array,
  first: Float32Array,
  second: Float32Array,
  length: number,
  shift: number,
  limit: number,
): number {
  let sum = 0;
  const seam = length - shift;
  for (let start = 0; start < frame.length && sum < limit; start += length) {
    for (let at = start; at < start + seam; at++)
      sum += abs((frame[at] as number) - (first[at + shift] as number));
    for (let at = start + seam; at < start + length; at++)
      sum += abs((frame[at] as number) - (second[at - seam] as number));
  }
  return sum;
}
