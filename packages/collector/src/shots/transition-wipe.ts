import { HALF_CELLS, type SmallFrame } from './transition-small-frame.js';

/** How well some pictures are each made of parts of an old and of a new one. */
export type Wipe = {
  /** Mean absolute difference left by the best straight edge that moves one way, as a share of that of old and new. */
  readonly residue: number;
  /** Where that edge is in each of the frames: share of the picture that is new. */
  readonly progress: readonly number[];
  /** The same residue when every cell takes the picture that it is nearer to, whatever the shape. */
  readonly mosaic: number;
  /** Share of cells nearer to the new picture, for each frame. */
  readonly fresh: readonly number[];
  /** Share of the cells that turn back from new to old. */
  readonly reverted: number;
};

/** Sums of the differences to old and new of one frame, by column and row. */
type Profile = {
  readonly columnsOld: Float32Array;
  readonly columnsNew: Float32Array;
  readonly rowsOld: Float32Array;
  readonly rowsNew: Float32Array;
  readonly mosaic: number;
  readonly fresh: number;
  /** Cells that had been new in an earlier frame and are old in this one. */
  readonly reverted: number;
};

/** Fits a wipe to frames, in order of time, between an old and a new picture. */
export function fitWipe(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): Wipe {
  const { sums } = old;
  const whole = HALF_CELLS + sums.absolute(old.colour, fresh.colour, 3 * HALF_CELLS);
  sums.wasFresh.fill(0);
  const profiles = frames.map((frame, at) => profileOf(old, fresh, frame, at));
  const straight = straightEdge(profiles);
  const mean = (sum: number): number => sum / (whole * frames.length);
  return {
    residue: mean(straight.cost),
    progress: straight.progress,
    mosaic: mean(profiles.reduce((sum, { mosaic }) => sum + mosaic, 0)),
    fresh: profiles.map((profile) => profile.fresh / HALF_CELLS),
    reverted: profiles.reduce((sum, { reverted }) => sum + reverted, 0) / HALF_CELLS,
  };
}

/** Columns or rows that the kernel's sums have room for. */
const ROOM = 32;

/** @param at number of the frame: each has its own room in memory. */
function profileOf(old: SmallFrame, fresh: SmallFrame, frame: SmallFrame, at: number): Profile {
  const { kernel, results, profiles, wasFresh } = frame.sums;
  const [columns, rows] = [frame.width >> 1, frame.height >> 1];
  const first = at * 4 * ROOM;
  const part = (place: number, length: number): Float32Array =>
    profiles.subarray(first + place * ROOM, first + place * ROOM + length);
  part(0, 4 * ROOM).fill(0);
  kernel.parts(
    old.colour.byteOffset,
    fresh.colour.byteOffset,
    frame.colour.byteOffset,
    columns,
    rows,
    profiles.byteOffset + first * 4,
    wasFresh.byteOffset,
  );
  return {
    columnsOld: part(0, columns),
    columnsNew: part(1, columns),
    rowsOld: part(2, rows),
    rowsNew: part(3, rows),
    mosaic: results[0] as number,
    fresh: results[1] as number,
    reverted: results[2] as number,
  };
}

/** The best of the four directions, one for all frames. */
function straightEdge(profiles: readonly Profile[]): { cost: number; progress: number[] } {
  let best = { cost: Infinity, progress: [] as number[] };
  for (const pick of [
    (p: Profile) => edge(p.columnsNew, p.columnsOld, false),
    (p: Profile) => edge(p.columnsOld, p.columnsNew, true),
    (p: Profile) => edge(p.rowsNew, p.rowsOld, false),
    (p: Profile) => edge(p.rowsOld, p.rowsNew, true),
  ]) {
    const edges = profiles.map(pick);
    const cost = edges.reduce((sum, { least }) => sum + least, 0);
    if (cost < best.cost) best = { cost, progress: edges.map(({ progress }) => progress) };
  }
  return best;
}

/** Where to change from the costs of one picture to those of the other; ties go to the earlier place. */
function edge(
  first: Float32Array,
  second: Float32Array,
  freshIsSecond: boolean,
): { least: number; progress: number } {
  let cost = 0;
  for (const value of second) cost += value;
  let [least, place] = [cost, 0];
  for (let at = 0; at < first.length; at++) {
    cost += (first[at] as number) - (second[at] as number);
    if (cost < least) [least, place] = [cost, at + 1];
  }
  const share = place / first.length;
  return { least, progress: freshIsSecond ? 1 - share : share };
}
