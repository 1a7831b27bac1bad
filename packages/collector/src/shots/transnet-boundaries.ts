import type { Boundary, Producer } from '@internvid/core';
import { hardCut, type CutFrame } from './hard-cut.js';

/** Which of the network's two outputs are heeded. */
export type TransnetHeads =
  /** The first one for hard cuts, both for gradual transitions and their extent. */
  | 'both'
  /** The first one alone, a cut for each transition: what the authors publish. */
  | 'single';

/** Probabilities of one frame: that a transition is at it, and that it is part of one. */
export type TransnetFrame = CutFrame & { readonly single: number; readonly many: number };

/**
 * A run of at most so many frames is a hard cut, which marks one or two, rarely three. A dissolve of as few frames is one to the
 * eye too.
 */
const HARD_CUT_FRAMES = 3;

type Run = {
  readonly start: CutFrame;
  frames: number;
  /** Surest frame of the run, by either head and by the first one. */
  confidence: number;
  single: number;
  /** The frame after the last one that the first head marks. */
  cut?: CutFrame | undefined;
  isSingle: boolean;
};

/**
 * Turns the probabilities of frame after frame into boundaries, in memory that grows with the boundaries alone.
 *
 * Frames that either head puts above the threshold form runs. A short run is a hard cut at the frame after the last one that the first
 * head marks, as the authors have it, and nothing where that head marks none. A longer run is a gradual transition from its first
 * frame to the frame after its last; the network does not tell what kind of one, so all are called `dissolve`. A transition that the
 * video begins in makes a shot of its own, and so does one that it ends in.
 *
 * With the first head alone every run is a cut, however long.
 */
export function transnetBoundaries(
  { threshold, heads }: { readonly threshold: number; readonly heads: TransnetHeads },
  by: Producer,
): { push(frame: TransnetFrame): void; finish(): readonly Boundary[] } {
  const boundaries: Boundary[] = [];
  let run: Run | undefined;
  let last: CutFrame | undefined;

  const close = (
    { start, frames, cut, confidence, single }: Run,
    end: CutFrame | undefined,
  ): void => {
    if (heads === 'single' || frames <= HARD_CUT_FRAMES) {
      if (cut !== undefined) boundaries.push(hardCut(cut, single, by));
      return;
    }
    const to = end ?? last ?? start;
    const from = start.index === 0 ? to : start;
    boundaries.push({
      kind: 'dissolve',
      startFrame: from.index,
      endFrame: to.index,
      startMs: from.timeMs,
      endMs: to.timeMs,
      confidence,
      by,
    });
  };
  return {
    push({ index, timeMs, single, many }) {
      const frame = { index, timeMs };
      const isSingle = single > threshold;
      if (run?.isSingle === true && !isSingle) run.cut = frame;
      if (isSingle || (heads === 'both' && many > threshold)) {
        run ??= { start: frame, frames: 0, confidence: 0, single: 0, isSingle };
        run.frames++;
        run.confidence = Math.max(run.confidence, single, many);
        run.single = Math.max(run.single, single);
        run.isSingle = isSingle;
      } else if (run !== undefined) {
        close(run, frame);
        run = undefined;
      }
      last = frame;
    },
    finish() {
      if (run !== undefined) close(run, undefined);
      run = undefined;
      return boundaries;
    },
  };
}
