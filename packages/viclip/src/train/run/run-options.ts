import type { ClipTokenizer } from '../../tokenizer/clip-tokenizer.js';
import type { Weights } from '../../weights/weights.js';
import type { TrainingClips } from '../data/training-clip.js';
import type { GroupOf, ValidationSplit } from '../data/validation-split.js';
import type { SessionOptions } from '../graph-session.js';
import type { TrainSettings } from '../settings.js';
import type { RunLog, StepEntry } from './run-log.js';
import type { RunStage, StagePlan } from './run-plan.js';

/** Settings that hold for all stages; see `TrainSettings`. */
export type CommonSettings = Partial<
  Pick<
    TrainSettings,
    | 'trainsText'
    | 'maskUnit'
    | 'optimizer'
    | 'maxGradientNorm'
    | 'dropPath'
    | 'microBatch'
    | 'recompute'
    | 'averageDecay'
    | 'seed'
  >
>;

/** A training run. */
export type TrainRunOptions = SessionOptions & {
  readonly data: TrainingClips;
  /** What it starts from; stays the caller's. */
  readonly start: Weights;
  readonly tokenizer: ClipTokenizer;
  /** The folder of the run. Where it holds this run already, the run goes on. */
  readonly out: string;
  /** One after the other, at least one. Published: see `PUBLISHED_STAGES`. */
  readonly stages: readonly RunStage[];
  readonly settings?: CommonSettings | undefined;
  /** Share of the clips put aside to test with, by video. Default 0.1. */
  readonly validation?: number | undefined;
  /** Clips of one group are no negatives of each other. `video`: clips of one video. Default: all others are negatives. */
  readonly notNegatives?: 'video' | GroupOf | undefined;
  /**
   * Whether clips are mirrored left to right every other time, as published. Wrong for captions that tell left from right.
   * Default true.
   */
  readonly mirrors?: boolean | undefined;
  /** Share of the trained weights in an average with the start (WiSE-FT), 0 to 1. Published: 0.5. Default: none is made. */
  readonly wiseFt?: number | undefined;
  /** Updates between checkpoints; there is one after every epoch too. Default 200. */
  readonly checkpointEvery?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every update. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
};

/** How a run is going. */
export type RunProgress = StepEntry & {
  /** Updates of the whole run. */
  readonly updates: number;
  /** At the mean pace of this session's stage so far, tests and checkpoints included. */
  readonly clipsPerSecond: number;
  /** Until the last update, at that pace. */
  readonly leftMs: number;
};

/** A run under way. */
export type Run = {
  readonly options: TrainRunOptions;
  readonly split: ValidationSplit;
  readonly plans: readonly StagePlan[];
  readonly identity: string;
  readonly log: RunLog;
};
