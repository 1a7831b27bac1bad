import { ToolkitError } from '@internvid/core';

import type { ViclipConfig } from '../variants.js';
import type { Weights } from '../weights/weights.js';
import type { WrittenTensors } from '../weights/write-tensors.js';
import { clippingScale, gradientNorm } from './adamw.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { gradientEngine, type GradientEngine } from './gradient-engine.js';
import type { SessionOptions } from './graph-session.js';
import { batchAccuracy } from './contrastive-loss.js';
import { keptTokenCount } from './mask.js';
import { rateAt } from './schedule.js';
import { trainSettings, type TrainChoices, type TrainSettings } from './settings.js';
import { stepInputs, type TrainBatch } from './step-inputs.js';
import {
  clampTemperature,
  freshState,
  updateState,
  valuesOf,
  weightsOf,
  type TrainState,
  type WeightsChoice,
} from './train-state.js';

/** What a step did. */
export type StepReport = {
  /** Updates done, this one included. */
  readonly step: number;
  /** Of the batch, before the update. */
  readonly loss: number;
  /** Share of the clips whose nearest text in the batch is a right one, before the update. */
  readonly accuracy: number;
  readonly learningRate: number;
  /** Length of all gradients together, before clipping. */
  readonly gradientNorm: number;
  /** What cosines were divided by. */
  readonly temperature: number;
};

/** A model in training. A step blocks the thread that it runs on. One call at a time. */
export interface Trainer extends AsyncDisposable {
  readonly config: ViclipConfig;
  readonly settings: TrainSettings;
  /** Updates done. */
  readonly step: number;
  /** Patch tokens of a clip that go through the model. */
  readonly keptTokens: number;
  /**
   * One update.
   *
   * @throws RangeError for a batch that does not fit; ToolkitError `model-failed` where loss or gradient are no numbers, or the
   * run is over. The model is then as it was.
   */
  train(batch: TrainBatch, signal?: AbortSignal): Promise<StepReport>;
  /** Vectors of texts, `[texts, dimension]`, not of unit length. With a frozen text tower they can be kept: see `TrainBatch`. */
  embedTexts(tokens: Int32Array, of?: WeightsChoice): Promise<Float32Array>;
  /** Vectors of clips, `[clips, dimension]`, not of unit length, without masking. `of`: default `latest`. */
  embedClips(frames: Float32Array, of?: WeightsChoice): Promise<Float32Array>;
  /** The parameters as they are when they are read. `of`: default `latest`. */
  weights(of?: WeightsChoice): Weights;
  /**
   * Writes all that `resumedTrainer` needs to go on to the same numbers. The file appears when it is whole.
   *
   * @param note words to keep with it, which `readNote` gives back.
   */
  save(path: string, signal?: AbortSignal, note?: string): Promise<WrittenTensors>;
}

/** Where a trainer runs. */
export type TrainerOptions = SessionOptions & { readonly signal?: AbortSignal | undefined };

/**
 * Starts to train a model, whose parameters are read into memory: with their moments, 12 bytes for each.
 *
 * @throws RangeError naming a setting that cannot be; what reading the weights throws.
 */
export async function viclipTrainer(
  weights: Weights,
  choices: TrainChoices,
  options: TrainerOptions = {},
): Promise<Trainer> {
  const settings = trainSettings(choices);
  return trainerOf(await freshState(weights, settings, options.signal), settings, options);
}

/**
 * Goes on where a checkpoint was written: with the same batches, engine, provider and threads the numbers are those of a run that was
 * never interrupted, bit for bit.
 *
 * @throws ToolkitError `not-found`, `unreadable`, `corrupt`.
 */
export async function resumedTrainer(path: string, options: TrainerOptions = {}): Promise<Trainer> {
  const { state, settings } = await readCheckpoint(path, options.signal);
  return trainerOf(state, settings, options);
}

function trainerOf(state: TrainState, settings: TrainSettings, options: SessionOptions): Trainer {
  const { config } = state;
  const { vision, text } = config;
  const grid = { places: (vision.image / vision.patch) ** 2, frames: vision.frames };
  const { maskRatio, maskUnit = 'token' } = settings;
  const keptTokens = keptTokenCount(grid, maskRatio, maskUnit);
  const engine = gradientEngine(config, {
    ...options,
    trainsText: settings.trainsText,
    kept: keptTokens === grid.places * grid.frames ? undefined : keptTokens,
    dropPath: settings.dropPath,
    microBatch: settings.microBatch,
    recompute: settings.recompute,
  });
  const frameSizes = [vision.frames, 3, vision.image, vision.image];
  const embedTexts = (tokens: Int32Array, of: WeightsChoice = 'latest'): Promise<Float32Array> =>
    engine.vectors(valuesOf(state, of), 'text', rows(tokens, [text.context], 'tokens'));
  return {
    config,
    settings,
    keptTokens,
    get step() {
      return state.step;
    },
    async train(batch, signal) {
      const scope = { config, settings, step: state.step, grid, keptTokens, embedTexts };
      return trainStep({ state, settings, engine }, await stepInputs(scope, batch), signal);
    },
    embedTexts,
    embedClips: (frames, of = 'latest') =>
      engine.vectors(valuesOf(state, of), 'vision', rows(frames, frameSizes, 'frames')),
    weights: (of = 'latest') => weightsOf(state, of),
    save: (path, signal, note) => writeCheckpoint(path, { state, settings, note }, signal),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

type Running = {
  readonly state: TrainState;
  readonly settings: TrainSettings;
  readonly engine: GradientEngine;
};

async function trainStep(
  { state, settings, engine }: Running,
  inputs: Awaited<ReturnType<typeof stepInputs>>,
  signal: AbortSignal | undefined,
): Promise<StepReport> {
  if (state.step >= settings.schedule.updates) {
    throw new ToolkitError(
      'model-failed',
      `The schedule has ${settings.schedule.updates} updates, and they are done.`,
    );
  }
  clampTemperature(state);
  const { loss, cosines, gradients } = await engine.gradients(state.weights, inputs, signal);
  const norm = gradientNorm(gradients.values());
  if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
    throw new ToolkitError(
      'model-failed',
      `Step ${state.step + 1} gave the loss ${loss} and a gradient of length ${norm}; the model was left as it was. Lower the learning rate, or look for broken clips in the batch.`,
    );
  }
  const learningRate = rateAt(settings.schedule, state.step);
  const temperature = state.weights.get('temp')?.[0] ?? Number.NaN;
  const scale = clippingScale(norm, settings.maxGradientNorm);
  const { optimizer, averageDecay } = settings;
  updateState(state, { gradients, scale, rate: learningRate, settings: optimizer, averageDecay });
  const valuesOfInput = (name: string): ArrayLike<number> => inputs.get(name)?.values ?? [];
  const [targets, exclusions] = [valuesOfInput('targets'), valuesOfInput('exclusions')];
  const accuracy = batchAccuracy({ cosines, targets, exclusions });
  return { step: state.step, loss, accuracy, learningRate, gradientNorm: norm, temperature };
}

function rows<Values extends Float32Array | Int32Array>(
  values: Values,
  sizes: readonly number[],
  name: string,
): { readonly values: Values; readonly sizes: readonly number[] } {
  const count = values.length / sizes.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count) || count === 0) {
    throw new RangeError(
      `${name} must be rows of [${sizes.join(', ')}], got ${values.length} numbers.`,
    );
  }
  return { values, sizes: [count, ...sizes] };
}
