import { span, type Span } from '@internvid/core';

/** Where clips may be cut, and how far a cut may move. */
export type CutOutsideSpeechOptions = {
  /** The shot that the clips are parts of: its own start and end stay where they are. */
  readonly shot: Span;
  /** When something is said: words, or segments where words have no times. In any order; they may overlap. */
  readonly speech: readonly Span[];
  /** A cut with no gap so near stays where it is. Default 1000. */
  readonly maxShiftMs?: number;
  /** A shorter silence between two words is none. Default 0: between two words is good enough. */
  readonly minGapMs?: number;
};

/** How far from the speech a moved cut lies, where the gap is long enough: plosives start before the times of their words. */
const CLEARANCE_MS = 100;

/**
 * Moves the cuts inside a shot out of words: each to the nearest gap within the shot and within `maxShiftMs`, 100 ms away from
 * the speech or in the middle of a shorter gap. A cut that two clips share moves for both. Where there is no such gap, or a clip
 * would vanish, the cut stays.
 *
 * A moved cut makes one clip longer and its neighbour shorter by at most `maxShiftMs`.
 *
 * @param clips in order of time, not overlapping, inside the shot.
 * @returns one span for each, in the same order.
 * @throws RangeError for clips that are out of order or outside the shot, and limits that are negative.
 */
export function cutOutsideSpeech(
  clips: readonly Span[],
  options: CutOutsideSpeechOptions,
): readonly Span[] {
  const { shot, maxShiftMs = 1000, minGapMs = 0 } = options;
  check(clips, shot, maxShiftMs, minGapMs);
  const talks = joined(options.speech, minGapMs);
  const edges = [...new Set(clips.flatMap(({ startMs, endMs }) => [startMs, endMs]))];
  const moved = new Map<number, number>();
  edges.forEach((edge, at) => {
    const before = moved.get(edges[at - 1] ?? -1) ?? shot.startMs - 1;
    const after = edges[at + 1] ?? shot.endMs + 1;
    const isShotEdge = edge === shot.startMs || edge === shot.endMs;
    const target = isShotEdge ? edge : outsideSpeech(edge, talks, shot);
    const isNear = Math.abs(target - edge) <= maxShiftMs;
    moved.set(edge, isNear && target > before && target < after ? target : edge);
  });
  return clips.map(({ startMs, endMs }) =>
    span(moved.get(startMs) ?? startMs, moved.get(endMs) ?? endMs),
  );
}

function check(clips: readonly Span[], shot: Span, maxShiftMs: number, minGapMs: number): void {
  if (!(maxShiftMs >= 0))
    throw new RangeError(`options.maxShiftMs must not be negative, got ${maxShiftMs}.`);
  if (!(minGapMs >= 0))
    throw new RangeError(`options.minGapMs must not be negative, got ${minGapMs}.`);
  clips.forEach(({ startMs, endMs }, at) => {
    const earliest = clips[at - 1]?.endMs ?? shot.startMs;
    if (startMs < earliest || endMs > shot.endMs)
      throw new RangeError(
        `clips[${at}] must follow the one before inside the shot, got ${startMs} to ${endMs}.`,
      );
  });
}

/** Stretches of speech without a gap of more than `minGapMs`, in order. Words that touch stay two: between them may be cut. */
function joined(speech: readonly Span[], minGapMs: number): readonly Span[] {
  const talks: Span[] = [];
  for (const each of speech.toSorted((a, b) => a.startMs - b.startMs)) {
    const last = talks.at(-1);
    const isSeparate = last === undefined || each.startMs - last.endMs >= minGapMs;
    if (isSeparate) talks.push(each);
    else talks[talks.length - 1] = { ...last, endMs: Math.max(last.endMs, each.endMs) };
  }
  return talks;
}

/** The edge itself where nobody speaks, else the nearer of the gaps around it that lie in the shot. */
function outsideSpeech(edge: number, talks: readonly Span[], shot: Span): number {
  const at = talks.findIndex((talk) => talk.startMs < edge && edge < talk.endMs);
  const talk = talks[at];
  if (talk === undefined) return edge;
  const gapBefore = talk.startMs - (talks[at - 1]?.endMs ?? -Infinity);
  const gapAfter = (talks[at + 1]?.startMs ?? Infinity) - talk.endMs;
  const targets = [
    talk.startMs - Math.min(CLEARANCE_MS, Math.floor(gapBefore / 2)),
    talk.endMs + Math.min(CLEARANCE_MS, Math.floor(gapAfter / 2)),
  ].filter((target) => target > shot.startMs && target < shot.endMs);
  return targets.toSorted((a, b) => Math.abs(a - edge) - Math.abs(b - edge))[0] ?? edge;
}
