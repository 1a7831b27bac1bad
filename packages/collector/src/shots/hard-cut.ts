import type { Boundary, Producer } from '@internvid/core';

/** A frame that begins a shot, and when it is shown. */
export type CutFrame = { readonly index: number; readonly timeMs: number };

/** The boundary of a hard cut at the first frame of the new shot. */
export function hardCut({ index, timeMs }: CutFrame, confidence: number, by: Producer): Boundary {
  return {
    kind: 'cut',
    startFrame: index,
    endFrame: index,
    startMs: timeMs,
    endMs: timeMs,
    confidence,
    by,
  };
}
