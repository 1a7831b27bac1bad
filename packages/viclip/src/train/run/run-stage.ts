import { join } from 'node:path';

import { isAbort, ToolkitError } from '@internvid/core';

import { writeCheckpoint } from '../../weights/convert.js';
import { clipBatches, type ClipBatch, type FailedClip } from '../data/batches.js';
import type { TrainingClip } from '../data/training-clip.js';
import type { TrainBatch } from '../step-inputs.js';
import type { StepReport, Trainer } from '../trainer.js';
import type { CaptionVectors } from './caption-vectors.js';
import type { Run, RunProgress } from './run-options.js';
import { runFiles, type BestSoFar, type RunNote } from './run-folder.js';
import type { StepEntry } from './run-log.js';
import type { StagePlan } from './run-plan.js';
import { testClips } from './test-clips.js';

/** A stage to be run, or to go on with. */
export type StageUnderWay = {
  readonly trainer: Trainer;
  /** Its place among the stages. */
  readonly at: number;
  readonly plan: StagePlan;
  readonly clips: readonly TrainingClip[];
  /** Where the text tower is frozen. */
  readonly texts: CaptionVectors | undefined;
  readonly best: BestSoFar | undefined;
  readonly isResumed: boolean;
};

/** Trains until the stage is over. @returns what did best so far. */
export async function runStage(run: Run, stage: StageUnderWay): Promise<BestSoFar | undefined> {
  const { trainer, plan, isResumed } = stage;
  const { signal, checkpointEvery = 200 } = run.options;
  const keeper = checkpointKeeper(run, stage);
  if (!isResumed) {
    if (plan.updatesBefore === 0) await keeper.test();
    await keeper.save();
  }
  const startedAt = performance.now();
  const stepsBefore = trainer.step;
  let waitedFrom = performance.now();
  let isTested = true;
  try {
    for await (const batch of batchesOf(run, stage)) {
      const readyAt = performance.now();
      const report = await trainer.train(await trainBatch(run, stage, batch), signal);
      const entry = stepEntry(stage, { batch, report, readyAt, waitMs: readyAt - waitedFrom });
      await run.log.write(entry);
      const isEpochOver =
        report.step % plan.perEpoch === 0 || report.step === plan.schedule.updates;
      isTested = !isEpochOver;
      if (isEpochOver) await keeper.test();
      isTested = true;
      if (isEpochOver || report.step % checkpointEvery === 0) await keeper.save();
      const pace = (performance.now() - startedAt) / (report.step - stepsBefore);
      run.options.onProgress?.(progressOf(run, entry, pace));
      waitedFrom = performance.now();
    }
  } catch (error) {
    if (!isAbort(error)) throw withWayBack(error, keeper, stage);
    // A checkpoint says that all before it was done: without its test it would be missing for ever.
    if (isTested) await keeper.save();
    throw error;
  }
  return keeper.best;
}

function batchesOf(run: Run, { trainer, plan, clips }: StageUnderWay): AsyncIterable<ClipBatch> {
  const { settings = {}, mirrors = true, signal } = run.options;
  return clipBatches(clips, {
    mirrors,
    vision: trainer.config.vision,
    size: plan.stage.batch,
    seed: settings.seed ?? 42,
    from: trainer.step,
    until: plan.schedule.updates,
    onFailed: failureLog(run, () => plan.updatesBefore + trainer.step + 1),
    signal,
  });
}

async function trainBatch(
  { options }: Run,
  { texts, trainer }: StageUnderWay,
  { clips, captions, frames }: ClipBatch,
): Promise<TrainBatch> {
  const { notNegatives, tokenizer } = options;
  const { context } = trainer.config.text;
  const numbers = new Map<string, number>();
  const ids = captions.map((caption) => {
    const known = numbers.get(caption) ?? numbers.size;
    numbers.set(caption, known);
    return known;
  });
  const groupOf = notNegatives === 'video' ? ({ video }: TrainingClip) => video : notNegatives;
  return Promise.resolve({
    frames,
    ids,
    texts:
      texts === undefined
        ? { tokens: tokenizer.tokenize(captions, context) }
        : { vectors: texts.of(captions) },
    ...(groupOf === undefined ? {} : { groups: clips.map((clip) => groupOf(clip)) }),
  });
}

type Stepped = {
  readonly batch: ClipBatch;
  readonly report: StepReport;
  readonly readyAt: number;
  readonly waitMs: number;
};

function stepEntry(
  { plan }: StageUnderWay,
  { batch, report, readyAt, waitMs }: Stepped,
): StepEntry {
  const { loss, accuracy, learningRate, gradientNorm, temperature } = report;
  return {
    type: 'step',
    timeMs: Date.now(),
    stage: plan.stage.name,
    epoch: batch.epoch,
    update: plan.updatesBefore + report.step,
    ...{ loss, accuracy, learningRate, gradientNorm, temperature },
    clips: batch.clips.length,
    stepMs: Math.round(performance.now() - readyAt),
    waitMs: Math.round(waitMs),
    memoryBytes: process.memoryUsage.rss(),
  };
}

function progressOf({ plans }: Run, entry: StepEntry, pace: number): RunProgress {
  const updates = plans.reduce((sum, { schedule }) => sum + schedule.updates, 0);
  const clipsPerSecond = (1000 * entry.clips) / pace;
  return { ...entry, updates, clipsPerSecond, leftMs: pace * (updates - entry.update) };
}

/** Logs clips that cannot be read, in their order, beside the work. */
function failureLog({ log }: Run, update: () => number): (clip: FailedClip) => void {
  return (clip) => {
    // What the log cannot take, its next entry, which is waited for, cannot either.
    log
      .write({ type: 'failed-clip', timeMs: Date.now(), update: update(), ...clip })
      .catch(() => undefined);
  };
}

/** Tests and saves a model between updates. */
interface CheckpointKeeper {
  readonly best: BestSoFar | undefined;
  /** The update of the last checkpoint. */
  readonly saved: number | undefined;
  /** Tests on the clips put aside, and keeps the weights where they did best. */
  test(): Promise<void>;
  save(): Promise<void>;
}

function checkpointKeeper(run: Run, stage: StageUnderWay): CheckpointKeeper {
  const { trainer, at, plan } = stage;
  const { out, tokenizer, settings = {}, signal } = run.options;
  const of = settings.averageDecay === undefined ? 'latest' : 'averages';
  const update = (): number => plan.updatesBefore + trainer.step;
  let best = stage.best;
  let saved = stage.isResumed ? update() : undefined;
  return {
    get best() {
      return best;
    },
    get saved() {
      return saved;
    },
    async test() {
      const clips = run.split.validation;
      if (clips.length === 0) return;
      const onFailed = failureLog(run, update);
      const recalls = await testClips(trainer, { clips, tokenizer, of, onFailed, signal });
      const entry = { timeMs: Date.now(), stage: plan.stage.name, update: update(), recalls };
      await run.log.write({ type: 'test', ...entry });
      if (best !== undefined && recalls.mean <= best.mean) return;
      best = { update: update(), mean: recalls.mean };
      await writeCheckpoint(trainer.weights(of), join(out, runFiles.best), { signal });
    },
    async save() {
      const note: RunNote = { identity: run.identity, stage: at, best };
      await trainer.save(join(out, runFiles.latest), undefined, JSON.stringify(note));
      saved = update();
    },
  };
}

function withWayBack(
  error: unknown,
  { saved }: CheckpointKeeper,
  { plan }: StageUnderWay,
): unknown {
  if (!ToolkitError.is(error)) return error;
  const { code, message, details, retryable } = error;
  const back =
    saved === undefined
      ? 'There is no checkpoint yet.'
      : `The last checkpoint is ${runFiles.latest}, of update ${saved}: the same call goes on from there.`;
  const words = `Stage ${plan.stage.name} stopped. ${message} ${back}`;
  return new ToolkitError(code, words, { details, retryable, cause: error });
}
