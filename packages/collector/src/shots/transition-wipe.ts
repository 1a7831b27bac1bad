import { HALF_CELLS, type SmallFrame } from './transition-small-frame.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs, min } = Math;

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
  readonly columnsOld: Float64Array;
  readonly columnsNew: Float64Array;
  readonly rowsOld: Float64Array;
  readonly rowsNew: Float64Array;
  mosaic: number;
  fresh: number;
};

/** Fits a wipe to frames, in order of time, between an old and a new picture. */
export function fitWipe(old: SmallFrame, fresh: SmallFrame, frames: readonly SmallFrame[]): Wipe {
  let whole = HALF_CELLS;
  for (let cell = 0; cell < 3 * HALF_CELLS; cell++)
    whole += abs((old.colour[cell] as number) - (fresh.colour[cell] as number));
  const wasFresh = new Uint8Array(HALF_CELLS);
  let reverted = 0;
  const profiles = frames.map((frame) => {
    const profile = emptyProfile(frame.width >> 1, frame.height >> 1);
    reverted += fillProfile(old, fresh, frame, profile, wasFresh);
    return profile;
  });
  const straight = straightEdge(profiles);
  const mean = (sum: number): number => sum / (whole * frames.length);
  return {
    residue: mean(straight.cost),
    progress: straight.progress,
    mosaic: mean(profiles.reduce((sum, { mosaic }) => sum + mosaic, 0)),
    fresh: profiles.map((profile) => profile.fresh / HALF_CELLS),
    reverted: reverted / HALF_CELLS,
  };
}

function emptyProfile(columns: number, rows: number): Profile {
  return {
    columnsOld: new Float64Array(columns),
    columnsNew: new Float64Array(columns),
    rowsOld: new Float64Array(rows),
    rowsNew: new Float64Array(rows),
    mosaic: 0,
    fresh: 0,
  };
}

/** @returns how many cells had been new in an earlier frame and are old in this one. */
function fillProfile(
  old: SmallFrame,
  fresh: SmallFrame,
  frame: SmallFrame,
  profile: Profile,
  wasFresh: Uint8Array,
): number {
  const [a, b, f] = [old.colour, fresh.colour, frame.colour];
  const columns = frame.width >> 1;
  let reverted = 0;
  for (let cell = 0; cell < HALF_CELLS; cell++) {
    let [toOld, toNew] = [0, 0];
    for (let at = cell; at < 3 * HALF_CELLS; at += HALF_CELLS) {
      toOld += abs((f[at] as number) - (a[at] as number));
      toNew += abs((f[at] as number) - (b[at] as number));
    }
    const column = cell % columns;
    const row = (cell - column) / columns;
    profile.columnsOld[column] = (profile.columnsOld[column] as number) + toOld;
    profile.columnsNew[column] = (profile.columnsNew[column] as number) + toNew;
    profile.rowsOld[row] = (profile.rowsOld[row] as number) + toOld;
    profile.rowsNew[row] = (profile.rowsNew[row] as number) + toNew;
    profile.mosaic += min(toOld, toNew);
    if (toNew < toOld) {
      profile.fresh++;
      wasFresh[cell] = 1;
    } else if (toOld < toNew) {
      reverted += wasFresh[cell] as number;
      wasFresh[cell] = 0;
    }
  }
  return reverted;
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
  first: Float64Array,
  second: Float64Array,
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
