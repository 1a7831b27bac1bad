import { diverseSubset, type DiverseOptions } from './diverse.js';

/** A clip as filters by score see it. */
export type ScoredClip = {
  readonly video: string;
  /** Absent where it could not be computed: such a clip is never kept, and counted apart. */
  readonly score?: number;
};

/** What a filter by score kept. */
export type KeptByScore = {
  /** Positions of the kept clips, in the order of the table. */
  readonly kept: Uint32Array;
  /** The lowest score that was kept; absent when nothing was. */
  readonly threshold?: number;
  /** Clips without a score. */
  readonly unscored: number;
};

/**
 * Keeps the clips with the highest scores: `floor(share * scored clips)` of them, and those that tie with the last.
 *
 * @param share above 0, at most 1.
 * @throws RangeError for another share.
 */
export function topShare(clips: readonly ScoredClip[], share: number): KeptByScore {
  if (!(share > 0 && share <= 1))
    throw new RangeError(`The share must be above 0 and at most 1, got ${share}.`);
  const scores = Float64Array.from(scoresOf(clips)).sort();
  const threshold = scores[scores.length - Math.floor(share * scores.length)];
  if (threshold === undefined)
    return { kept: new Uint32Array(), unscored: clips.length - scores.length };
  return atLeastScore(clips, threshold);
}

/** Keeps the clips that score at least `threshold`: InternVid's AES keeps aesthetic scores of at least 4. */
export function atLeastScore(clips: readonly ScoredClip[], threshold: number): KeptByScore {
  const kept: number[] = [];
  let unscored = 0;
  for (const [at, { score }] of clips.entries()) {
    if (score === undefined || Number.isNaN(score)) unscored++;
    else if (score >= threshold) kept.push(at);
  }
  return { kept: Uint32Array.from(kept), threshold, unscored };
}

/** How FLT is drawn. */
export type FilteredOptions = DiverseOptions & {
  /** Share of the clips with the highest video-text similarity. Default 0.3, the published one. */
  readonly share?: number;
};

/**
 * InternVid's FLT: the top share by video-text similarity, then DIV over what is left, with the clips of a video counted among
 * the kept ones. The paper names both parts; the order is that of its run name, `filtered_30p_10m`.
 *
 * @returns `chosen`: positions in `clips`, in the order of drawing.
 * @throws RangeError for a share out of range, or a count above what the share leaves.
 */
export function filteredSubset(
  clips: readonly ScoredClip[],
  options: FilteredOptions,
): KeptByScore & { readonly chosen: Uint32Array } {
  const { share = 0.3, ...draw } = options;
  const result = topShare(clips, share);
  const videos = Array.from(result.kept, (at) => clips[at]?.video ?? '');
  const chosen = diverseSubset(videos, draw).map((position) => result.kept[position] as number);
  return { ...result, chosen };
}

function* scoresOf(clips: readonly ScoredClip[]): Generator<number> {
  for (const { score } of clips) if (score !== undefined && !Number.isNaN(score)) yield score;
}
