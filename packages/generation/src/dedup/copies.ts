import type { Span } from '@internvid/core';

/**
 * How two clips are copies: `exact`, the same bytes; `perceptual`, the same pictures encoded, scaled, cropped or timed otherwise;
 * `semantic`, pictures or captions that a model holds for nearly the same.
 */
export type CopyLevel = 'exact' | 'perceptual' | 'semantic';

/** The levels, the surest first. */
export const COPY_LEVELS: readonly CopyLevel[] = ['exact', 'perceptual', 'semantic'];

/** A clip as the search for copies sees it. */
export type ComparedClip = {
  /** Unique among all clips that are compared. */
  readonly id: string;
  readonly video: string;
  readonly span: Span;
  /** Pixels of a picture as shown. */
  readonly pixels: number;
  /** What `best` goes by; absent where the clip has no such value. */
  readonly score?: number;
  /** Of another dataset that this one is held against: always kept, and no copy of anything. */
  readonly isReference?: boolean;
  /** What clips of the same bytes share, such as the hash of the clip's file. */
  readonly exactKeys?: readonly string[];
};

/** Two clips that share a stretch of time, or that a model holds for alike. */
export type CopyPair = {
  /** Numbers of the clips in the order of keeping: `a` before `b`. */
  readonly a: number;
  readonly b: number;
  readonly level: CopyLevel;
  /** 1 for equal. `perceptual`: see `Overlap`; `semantic`: the cosine. */
  readonly similarity: number;
  /** The stretch in either; for `semantic` the whole clips. */
  readonly spanA: Span;
  readonly spanB: Span;
  readonly isMirrored?: boolean;
};

/**
 * Which of several copies is kept: `longest`; `largest`, in pixels of a picture; `best`, with the highest score; `first`, in the
 * order of ids. Where it does not decide: the best scored, the longest, the largest, the first.
 */
export type KeepRule = 'longest' | 'largest' | 'best' | 'first';

/** Clips in the order of keeping: those before are kept rather than those after. References come first. */
export function inOrderOfKeeping(
  clips: readonly ComparedClip[],
  rule: KeepRule,
): readonly ComparedClip[] {
  const score = ({ score: value }: ComparedClip): number => value ?? -Infinity;
  const length = ({ span }: ComparedClip): number => span.endMs - span.startMs;
  const size = ({ pixels }: ComparedClip): number => pixels;
  const reference = ({ isReference }: ComparedClip): number => (isReference === true ? 1 : 0);
  const orders = {
    longest: [reference, length, size],
    largest: [reference, size, length],
    best: [reference, score, length, size],
    first: [reference],
  }[rule];
  return clips.toSorted((a, b) => {
    for (const order of orders) {
      const [x, y] = [order(a), order(b)];
      if (x !== y) return x > y ? -1 : 1;
    }
    return a.id < b.id ? -1 : 1;
  });
}

/** What became of a clip. */
export type CopyVerdict = {
  /** The clip that is kept of the group: itself where it is the one. */
  readonly kept: number;
  /** Why it is a copy; absent where it is kept. */
  readonly by?: CopyPair;
};

/** Share of the shorter clip that two clips share. */
export function sharedShare(
  { spanA, spanB }: CopyPair,
  a: Pick<ComparedClip, 'span'>,
  b: Pick<ComparedClip, 'span'>,
): number {
  const length = ({ startMs, endMs }: Span): number => endMs - startMs;
  const shorter = Math.min(length(a.span), length(b.span));
  return Math.min(1, Math.max(length(spanA), length(spanB)) / shorter);
}

/**
 * Decides which clips are kept: going through them in the order of keeping, a clip that is no copy of one kept before is kept, and
 * takes its copies out. So every copy shares its pictures with the clip that is kept for it; no chain of overlaps joins clips that
 * have nothing in common.
 *
 * @param clips in the order of keeping.
 * @param leastShare share of the shorter clip from which on clips are copies, above 0 and at most 1. Those that share less are
 * both kept.
 * @returns a verdict for each clip.
 */
export function judgeCopies(
  clips: readonly ComparedClip[],
  pairs: readonly CopyPair[],
  leastShare: number,
): readonly CopyVerdict[] {
  if (!(leastShare > 0 && leastShare <= 1))
    throw new RangeError(`The least share must be above 0 and at most 1, got ${leastShare}.`);
  const verdicts: CopyVerdict[] = clips.map((_, kept) => ({ kept }));
  const isOut = (clip: number): boolean => verdicts[clip]?.by !== undefined;
  for (const pair of pairs.toSorted(bySurest)) {
    const [a, b] = [clips[pair.a], clips[pair.b]];
    if (a === undefined || b === undefined || b.isReference === true) continue;
    if (isOut(pair.a) || isOut(pair.b) || sharedShare(pair, a, b) < leastShare) continue;
    verdicts[pair.b] = { kept: pair.a, by: pair };
  }
  return verdicts;
}

/** By the clip that takes out, and of its pairs the surest first: all that could take `a` out itself has been looked at before. */
function bySurest(x: CopyPair, y: CopyPair): number {
  const level = COPY_LEVELS.indexOf(x.level) - COPY_LEVELS.indexOf(y.level);
  return x.a - y.a || level || x.b - y.b;
}
