import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { fingerprintOf, sha256, ToolkitError, type JsonValue } from '@internvid/core';

import { parameterShapes } from '../../model/parameters.js';
import { fromFloat32 } from '../../weights/data-types.js';
import { writeCheckpoint } from '../../weights/convert.js';
import type { Weights } from '../../weights/weights.js';
import { averaged } from '../../weights/wise-ft.js';
import type { TrainingClips } from '../data/training-clip.js';
import { validationSplit } from '../data/validation-split.js';
import type { TrainSettings } from '../settings.js';
import { resumedTrainer, viclipTrainer, type Trainer, type TrainerOptions } from '../trainer.js';
import { captionVectors, type CaptionVectors } from './caption-vectors.js';
import { findPosition, removeUnfinished, runFiles, type RunPosition } from './run-folder.js';
import { lockRun } from './run-lock.js';
import { openLog, type SessionEntry } from './run-log.js';
import type { Run, TrainRunOptions } from './run-options.js';
import { planStages, readableClips, updatesOf, type StagePlan } from './run-plan.js';
import { writeReport, type TrainRunReport } from './run-report.js';
import { runStage } from './run-stage.js';
import { testClips, type Recalls } from './test-clips.js';

/** Clips that are tested with at most: as many as in the test of MSR-VTT. */
const MOST_TESTED = 1000;

/**
 * Trains a model by the published recipe: stage after stage, testing retrieval on clips put aside before, between epochs and at
 * the end. A run that was stopped, killed or ran out of disk goes on from its last checkpoint when it is called again, to the
 * same numbers.
 *
 * @throws ToolkitError `store-failed` for a folder that another process trains in, `invalid-config` for one with another run or too few clips, `model-failed` where the loss is no
 * number, `store-failed`, `too-many-failures`; RangeError for settings that cannot be.
 */
export async function trainViclip(options: TrainRunOptions): Promise<TrainRunReport> {
  const { out, data, validation = 0.1, settings = {}, start, signal } = options;
  const readable = readableClips(data.clips);
  if (readable.length === 0) {
    throw new ToolkitError(
      'not-found',
      `${data.location} has no clip with a caption to learn from.`,
    );
  }
  const groupOf = options.notNegatives === 'video' ? undefined : options.notNegatives;
  const seed = settings.seed ?? 42;
  const split = validationSplit(readable, { share: validation, seed, groupOf });
  const plans = planStages(options.stages, split.training.length);
  const identity = await identityOf(options, readable);
  await mkdir(out, { recursive: true });
  await using _lock = await lockRun(out);
  await removeUnfinished(out);
  const position = await findPosition(out, identity);
  const update = updatesAt(plans, position);
  const log = await openLog(out, update);
  if (update < updatesOf(plans)) await log.write(sessionEntry(options, update));
  const run: Run = {
    options,
    split: { ...split, validation: split.validation.slice(0, MOST_TESTED) },
    plans,
    identity,
    log,
  };
  await using trainer = await trainStages(run, position);
  signal?.throwIfAborted();
  const choice = settings.averageDecay === undefined ? 'latest' : 'averages';
  await writeCheckpoint(trainer.weights(choice), join(out, runFiles.trained), { signal });
  const averagedRecalls = await writeAverage(run, trainer, start);
  return await writeReport(run, { wordless: data.clips.length - readable.length, averagedRecalls });
}

function updatesAt(plans: readonly StagePlan[], position: RunPosition | undefined): number {
  return position === undefined ? -1 : (plans[position.stage]?.updatesBefore ?? 0) + position.step;
}

function sessionEntry(
  { engine = 'onnx', provider = 'cpu' }: TrainRunOptions,
  update: number,
): SessionEntry {
  return { type: 'session', timeMs: Date.now(), update: Math.max(0, update), engine, provider };
}

/** The trainer as the last stage leaves it. */
async function trainStages(run: Run, position: RunPosition | undefined): Promise<Trainer> {
  const { options, plans, split } = run;
  const session = sessionOf(options);
  const first = position?.stage ?? 0;
  let trainer =
    position === undefined
      ? await viclipTrainer(options.start, settingsOf(options, plans[0]), session)
      : await resumedTrainer(join(options.out, runFiles.latest), session);
  try {
    let [best, isResumed] = [position?.best, position !== undefined];
    const texts = await vectorsOfCaptions(run, trainer);
    for (const [at, plan] of plans.entries()) {
      if (at < first) continue;
      if (at > first) {
        const choice = options.settings?.averageDecay === undefined ? 'latest' : 'averages';
        const next = await viclipTrainer(
          trainer.weights(choice),
          settingsOf(options, plan),
          session,
        );
        await trainer[Symbol.asyncDispose]();
        trainer = next;
      }
      best = await runStage(run, {
        trainer,
        at,
        plan,
        texts,
        best,
        isResumed,
        clips: split.training,
      });
      isResumed = false;
    }
    return trainer;
  } catch (error) {
    await trainer[Symbol.asyncDispose]();
    throw error;
  }
}

function sessionOf({ engine, provider, threads, signal }: TrainRunOptions): TrainerOptions {
  return { engine, provider, threads, signal };
}

function settingsOf({ settings }: TrainRunOptions, plan: StagePlan | undefined): TrainSettings {
  if (plan === undefined) throw new RangeError('There is no such stage.');
  const { stage, schedule } = plan;
  return { ...settings, schedule, maskRatio: stage.maskRatio } as TrainSettings;
}

async function vectorsOfCaptions(
  { options, split }: Run,
  trainer: Trainer,
): Promise<CaptionVectors | undefined> {
  if (options.settings?.trainsText === true) return undefined;
  const captions = split.training.flatMap((clip) => clip.captions);
  return captionVectors(trainer, captions, {
    tokenizer: options.tokenizer,
    path: join(options.out, runFiles.captions),
    identity: await hashOf(options.start, (key) => key.startsWith('text_encoder.')),
    signal: options.signal,
  });
}

/** What decides the numbers of a run. */
async function identityOf(
  options: TrainRunOptions,
  clips: TrainingClips['clips'],
): Promise<string> {
  const { stages, settings = {}, validation = 0.1, mirrors = true, notNegatives } = options;
  const { start, tokenizer, engine = 'onnx' } = options;
  const groupOf = typeof notNegatives === 'function' ? notNegatives : undefined;
  const about = clips.map((clip) => [clip.id, clip.video, clip.captions, groupOf?.(clip) ?? null]);
  return fingerprintOf(
    JSON.parse(
      JSON.stringify({
        stages,
        settings,
        validation,
        mirrors,
        notNegatives: typeof notNegatives === 'string' ? notNegatives : null,
        start: await hashOf(start, () => true),
        config: start.config,
        vocabulary: tokenizer.vocabularySize,
        // Left out for the default, so that runs of earlier versions go on.
        ...(engine === 'onnx' ? {} : { engine }),
        clips: sha256(JSON.stringify(about)),
      }),
    ) as JsonValue,
  );
}

async function hashOf(weights: Weights, isMeant: (key: string) => boolean): Promise<string> {
  const hashes: string[] = [];
  for (const key of parameterShapes(weights.config).keys()) {
    if (isMeant(key)) hashes.push(sha256(fromFloat32(await weights.read(key), 'F32')));
  }
  return sha256(hashes.join(''));
}

async function writeAverage(
  run: Run,
  trainer: Trainer,
  start: Weights,
): Promise<Recalls | undefined> {
  const { options, split } = run;
  const { out, wiseFt, settings = {}, signal, tokenizer } = options;
  if (wiseFt === undefined) return undefined;
  const choice = settings.averageDecay === undefined ? 'latest' : 'averages';
  const weights = averaged(trainer.weights(choice), start, wiseFt);
  await writeCheckpoint(weights, join(out, runFiles.averaged), { signal });
  if (split.validation.length === 0) return undefined;
  const settingsOfFirst = settingsOf(options, run.plans[0]);
  await using model = await viclipTrainer(weights, settingsOfFirst, sessionOf(options));
  const onFailed = (): undefined => undefined;
  return await testClips(model, {
    clips: split.validation,
    tokenizer,
    of: 'latest',
    onFailed,
    signal,
  });
}
