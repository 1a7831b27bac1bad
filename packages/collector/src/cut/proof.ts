import type { FrameReader } from '@internvid/core/media';

import type { ShotDetector } from '../shots/detector.js';
import type { CutSource } from './cut-source.js';
import type { CutPlan, FrameRange } from './plan.js';
import type { JobRunner } from './run-job.js';

/** What was wrong with a clip file; stable words. */
export type CutProblem =
  | 'frame-count'
  | 'frame-times'
  | 'first-frame'
  | 'last-frame'
  | 'copied-frame'
  | 'duration'
  | 'sound-missing'
  | 'sound-offset';

/** What decoding a clip file again showed. */
export type CutProof = {
  /** Empty for a clip that holds what it should. */
  readonly problems: readonly CutProblem[];
  readonly frames: number;
  readonly durationMs: number;
  /** Mean absolute difference to the source's frame over the pixels and colours, 0 to 255. */
  readonly firstFrameDistance: number;
  readonly lastFrameDistance: number;
  /** Absent where there is no sound, or silence. */
  readonly soundOffsetMs?: number;
  /** Absent where no detector was given. */
  readonly isOneShot?: boolean;
};

/** What a clip file is proved against. */
export type ProveOptions = JobRunner & {
  readonly source: CutSource;
  readonly range: FrameRange;
  /** Where packets were copied. */
  readonly plan?: CutPlan | undefined;
  readonly frames: FrameReader;
  readonly detector?: ShotDetector | undefined;
};
