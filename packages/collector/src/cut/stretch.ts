import { firstTickAt, type CutSource } from './cut-source.js';
import type { FrameRange } from './plan.js';

/** A stretch of a track in ticks: `end` outside. */
export type Stretch = { readonly start: number; readonly end: number };

/** From the first frame of a range to the first frame after it, or to the end of the last frame. */
export function stretchOf(source: CutSource, { first, end }: FrameRange): Stretch {
  return { start: tickOf(source, first), end: tickOf(source, end) };
}

/** The tick of a frame, or the end of the last one; to the millisecond where packets have no times of their own. */
export function tickOf(source: CutSource, frame: number): number {
  const { ticks, timeline } = source;
  return ticks[frame] ?? firstTickAt(source, timeline.timesMs[frame] ?? timeline.endMs);
}
