import { preText } from '../../tokenizer/clean-text.js';
import { batchesPerEpoch } from '../data/batches.js';
import type { TrainingClip } from '../data/training-clip.js';
import type { Schedule } from '../schedule.js';

/** A part of a run with settings of its own. The optimizer starts anew with each. */
export type RunStage = {
  /** As it is named in logs: `masked`, `unmasked`. */
  readonly name: string;
  /** Share of the patch tokens that is left out. */
  readonly maskRatio: number;
  /** How often all clips are seen; 0.5 is half of them once. */
  readonly epochs: number;
  readonly warmupEpochs: number;
  readonly learningRate: number;
  /** Clips that are told apart in one step. */
  readonly batch: number;
};

/** The published stages for the larger model, whose batches were of 32,768 and 2,048 clips on 64 GPUs. */
export const PUBLISHED_STAGES: {
  readonly masked: Omit<RunStage, 'batch'>;
  readonly unmasked: Omit<RunStage, 'batch'>;
} = {
  masked: { name: 'masked', maskRatio: 0.9, epochs: 10, warmupEpochs: 0.5, learningRate: 4e-4 },
  unmasked: { name: 'unmasked', maskRatio: 0, epochs: 0.5, warmupEpochs: 0.1, learningRate: 4e-6 },
};

/** A stage over clips that are known. */
export type StagePlan = {
  readonly stage: RunStage;
  readonly perEpoch: number;
  readonly schedule: Schedule;
  /** Updates of the stages before. */
  readonly updatesBefore: number;
};

/**
 * How many updates the stages make.
 *
 * @throws RangeError for a stage that makes none; ToolkitError `invalid-config` for clips that do not fill a batch.
 */
export function planStages(stages: readonly RunStage[], clips: number): readonly StagePlan[] {
  if (stages.length === 0) throw new RangeError('stages must name at least one stage.');
  let updatesBefore = 0;
  return stages.map((stage) => {
    const { name, epochs, warmupEpochs, learningRate, batch } = stage;
    const perEpoch = batchesPerEpoch(clips, batch);
    const updates = Math.max(1, Math.floor(perEpoch * epochs));
    if (!(epochs > 0) || !(warmupEpochs >= 0 && warmupEpochs < epochs)) {
      throw new RangeError(
        `Stage ${name} must have epochs above 0 and of its warm-up, got ${epochs} and ${warmupEpochs}.`,
      );
    }
    const warmup = Math.min(perEpoch * warmupEpochs, updates - 1);
    const plan = { stage, perEpoch, schedule: { learningRate, updates, warmup }, updatesBefore };
    updatesBefore += updates;
    return plan;
  });
}

/** Updates of all stages. */
export function updatesOf(plans: readonly StagePlan[]): number {
  return plans.reduce((sum, { schedule }) => sum + schedule.updates, 0);
}

/**
 * Clips with their captions as the tokenizer gets them (`preText`). Captions of fewer than two words are left out, as published, and
 * clips without another one with them.
 */
export function readableClips(clips: readonly TrainingClip[]): readonly TrainingClip[] {
  return clips.flatMap((clip) => {
    const captions = clip.captions.map(preText).filter((text) => text.split(' ').length >= 2);
    return captions.length === 0 ? [] : [{ ...clip, captions }];
  });
}
