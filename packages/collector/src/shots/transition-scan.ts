import type { DetectorFrame } from './detector.js';
import { cutFeatures, mayBeCut } from './transition-cut-features.js';
import { gradualFeatures, mayBeGradual } from './transition-gradual-features.js';
import { frameWindow, MARGIN, type FrameWindow } from './transition-window.js';

/** Usual steps from one frame that is looked at for gradual transitions to the next. */
const GRADUAL_STEPS = 2;

/** What is told about a video while it is looked at, in order of frames for each kind. */
export type ScanFindings = {
  /** A frame may be the first of a shot. */
  cut(index: number, timeMs: number, features: readonly number[]): void;
  /** A frame was looked at for gradual transitions; without features nothing changes around it. */
  gradual(index: number, timeMs: number, features: readonly number[] | undefined): void;
};

/** Looks at all frames of a video, `MARGIN` frames behind those that come in. */
export interface Scan {
  push(frame: DetectorFrame): void;
  /** Looks at the frames that were still waited for. */
  finish(): void;
}

/** Starts looking at a video; memory stays the same however long it is. */
export function scan(findings: ScanFindings): Scan {
  const window = frameWindow();
  let judged = 0;
  const judge = (): void => {
    judgeFrame(window, judged, findings);
    judged++;
  };
  return {
    push(frame) {
      window.push(frame);
      if (window.length > MARGIN) judge();
    },
    finish() {
      while (judged < window.length) judge();
    },
  };
}

function judgeFrame(window: FrameWindow, index: number, findings: ScanFindings): void {
  const { timeMs } = window.at(index);
  if (mayBeCut(window, index)) findings.cut(index, timeMs, cutFeatures(window, index));
  if (index % (GRADUAL_STEPS * window.strideAt(index)) !== 0) return;
  const features = mayBeGradual(window, index) ? gradualFeatures(window, index) : undefined;
  findings.gradual(index, timeMs, features);
}
