/** A stretch of frames, first and last included. */
export type FrameRange = {
  readonly start_frame: number;
  readonly end_frame: number;
  readonly kind?: string;
};

/** What is known about a video: the parts of `truth/cuts.json` that scoring reads. */
export type CutTruth = {
  readonly file: string;
  readonly frames_decoded: number;
  readonly hard_cuts: readonly { readonly frame: number; readonly kind?: string }[];
  readonly gradual?: readonly FrameRange[];
  readonly ambiguous?: readonly FrameRange[];
  readonly negatives?: readonly FrameRange[];
};

/** A boundary as frames: a hard cut has `startFrame` = `endFrame`. */
export type FoundBoundary = {
  readonly kind: string;
  readonly startFrame: number;
  readonly endFrame: number;
};

/** How many of a kind were found, or fooled the detector. */
export type Tally = { touched: number; all: number };

/** Counts for one video or, added up, for many. */
export type ShotScore = {
  hits: number;
  missed: number;
  false: number;
  /** False ones that no look-alike explains. */
  falseElsewhere: number;
  gradualFound: number;
  gradualMissed: number;
  /** Boundaries beyond the first in one gradual range, and those called gradual where nothing is. */
  gradualExtra: number;
  /** Look-alikes with a false boundary, and all look-alikes, by kind. */
  negatives: Record<string, Tally>;
  /** Hard cuts that were hit, by kind: `plain`, `jump`, `low_contrast`. */
  hardKinds: Record<string, Tally>;
  /** Gradual ranges that were found, by kind. */
  gradualKinds: Record<string, Tally>;
};

/** A boundary may lie so many frames outside a gradual range and still touch it. */
const GRADUAL_MARGIN = 2;

/** Likewise for a look-alike: what it changes is seen at its first frame and at the one after its last. */
const NEGATIVE_MARGIN = 1;

/** A score of nothing, to add to. */
export function emptyScore(): ShotScore {
  return {
    hits: 0,
    missed: 0,
    false: 0,
    falseElsewhere: 0,
    gradualFound: 0,
    gradualMissed: 0,
    gradualExtra: 0,
    negatives: {},
    hardKinds: {},
    gradualKinds: {},
  };
}

/**
 * Judges the boundaries of one video. A boundary within `tolerance` frames of a hard cut is a hit, each cut once; one left over that
 * touches a gradual range, within two frames, counts there; one inside an ambiguous range counts nowhere; the rest is false.
 */
export function scoreShots(
  truth: CutTruth,
  found: readonly FoundBoundary[],
  tolerance: number,
): ShotScore {
  const score = emptyScore();
  const rest = matchCuts(truth, found, tolerance, score);
  const ranges = truth.gradual ?? [];
  const touched = new Map<FrameRange, number>();
  const wrong: FoundBoundary[] = [];
  for (const boundary of rest) {
    const range = ranges.find((each) => overlaps(each, boundary, GRADUAL_MARGIN));
    if (range !== undefined) touched.set(range, (touched.get(range) ?? 0) + 1);
    else if (!(truth.ambiguous ?? []).some((each) => overlaps(each, boundary, 0)))
      wrong.push(boundary);
  }
  score.gradualFound = touched.size;
  score.gradualMissed = ranges.length - touched.size;
  const called = wrong.filter(({ kind }) => kind !== 'cut').length;
  score.gradualExtra = [...touched.values()].reduce((sum, count) => sum + count - 1, called);
  for (const range of ranges) count(score.gradualKinds, range.kind, touched.has(range));
  score.false = wrong.length;
  const negatives = truth.negatives ?? [];
  for (const negative of negatives) {
    const isFooled = wrong.some((boundary) => overlaps(negative, boundary, NEGATIVE_MARGIN));
    count(score.negatives, negative.kind, isFooled);
  }
  score.falseElsewhere = wrong.filter(
    (boundary) => !negatives.some((each) => overlaps(each, boundary, NEGATIVE_MARGIN)),
  ).length;
  return score;
}

/** Adds `more` to `sum`. */
export function addScore(sum: ShotScore, more: ShotScore): void {
  for (const name of [
    'hits',
    'missed',
    'false',
    'falseElsewhere',
    'gradualFound',
    'gradualMissed',
    'gradualExtra',
  ] as const) {
    sum[name] += more[name];
  }
  for (const name of ['negatives', 'hardKinds', 'gradualKinds'] as const) {
    for (const [kind, { touched, all }] of Object.entries(more[name])) {
      const tally = (sum[name][kind] ??= { touched: 0, all: 0 });
      tally.touched += touched;
      tally.all += all;
    }
  }
}

function count(kinds: Record<string, Tally>, kind: string | undefined, isTouched: boolean): void {
  const tally = (kinds[kind ?? 'plain'] ??= { touched: 0, all: 0 });
  tally.all++;
  if (isTouched) tally.touched++;
}

/** Pairs cuts and boundaries, the nearest first, and gives back the boundaries without a cut. */
function matchCuts(
  truth: CutTruth,
  found: readonly FoundBoundary[],
  tolerance: number,
  score: ShotScore,
): readonly FoundBoundary[] {
  const free = new Set(found);
  const open = new Set(truth.hard_cuts);
  for (let distance = 0; distance <= tolerance; distance++) {
    for (const cut of open) {
      const hit = [...free].find(
        (boundary) => Math.abs(boundary.startFrame - cut.frame) === distance,
      );
      if (hit === undefined) continue;
      free.delete(hit);
      open.delete(cut);
      score.hits++;
    }
  }
  for (const cut of truth.hard_cuts) count(score.hardKinds, cut.kind, !open.has(cut));
  score.missed = open.size;
  return [...free];
}

function overlaps(range: FrameRange, boundary: FoundBoundary, margin: number): boolean {
  return (
    boundary.endFrame >= range.start_frame - margin &&
    boundary.startFrame <= range.end_frame + margin
  );
}
