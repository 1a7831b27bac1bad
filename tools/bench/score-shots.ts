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
  readonly hard_cuts: readonly { readonly frame: number }[];
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

/** Counts for one video or, added up, for many. */
export type ShotScore = {
  hits: number;
  missed: number;
  false: number;
  gradualFound: number;
  gradualMissed: number;
  /** Boundaries beyond the first in one gradual range, and those called gradual where nothing is. */
  gradualExtra: number;
  /** Look-alikes with a false boundary, and all look-alikes, by kind. */
  negatives: Record<string, { fooled: number; all: number }>;
};

/** A boundary may lie so many frames outside a gradual range and still touch it. */
const GRADUAL_MARGIN = 2;

/** A score of nothing, to add to. */
export function emptyScore(): ShotScore {
  return {
    hits: 0,
    missed: 0,
    false: 0,
    gradualFound: 0,
    gradualMissed: 0,
    gradualExtra: 0,
    negatives: {},
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
  score.false = wrong.length;
  for (const negative of truth.negatives ?? []) {
    const counts = (score.negatives[negative.kind ?? 'other'] ??= { fooled: 0, all: 0 });
    counts.all++;
    if (wrong.some((boundary) => overlaps(negative, boundary, 1))) counts.fooled++;
  }
  return score;
}

/** Adds `more` to `sum`. */
export function addScore(sum: ShotScore, more: ShotScore): void {
  for (const name of [
    'hits',
    'missed',
    'false',
    'gradualFound',
    'gradualMissed',
    'gradualExtra',
  ] as const) {
    sum[name] += more[name];
  }
  for (const [kind, { fooled, all }] of Object.entries(more.negatives)) {
    const counts = (sum.negatives[kind] ??= { fooled: 0, all: 0 });
    counts.fooled += fooled;
    counts.all += all;
  }
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
  score.missed = open.size;
  return [...free];
}

function overlaps(range: FrameRange, boundary: FoundBoundary, margin: number): boolean {
  return (
    boundary.endFrame >= range.start_frame - margin &&
    boundary.startFrame <= range.end_frame + margin
  );
}
