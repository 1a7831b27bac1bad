import { sizesOf } from '../model/graph.js';
import { visionGraph } from '../model/vision.js';
import type { ViclipConfig } from '../variants.js';
import { exclusions, softTargets } from './contrastive-loss.js';
import { dropFactors, droppedBranches } from './drop-path.js';
import type { StepInput, StepInputs } from './gradient-engine.js';
import { keptTokensOf, type TokenGrid } from './mask.js';
import type { TrainSettings } from './settings.js';

/** Clips and their texts, in the same order. */
export type TrainBatch = {
  /** `[batch, frames, 3, image, image]`, normalised RGB, as the encoder makes it. */
  readonly frames: Float32Array;
  /** Token rows `[batch, context]`, or, with a frozen text tower, what `embedTexts` gave for them. */
  readonly texts: { readonly tokens: Int32Array } | { readonly vectors: Float32Array };
  /** Samples of equal id count as each other's right answer. Default: all differ. */
  readonly ids?: readonly number[];
  /**
   * Samples of one group, such as clips of one video or of one set of near-duplicates, are no negatives of each other; undefined
   * for a sample without one. Default: all others are negatives, as published.
   */
  readonly groups?: readonly (string | undefined)[];
  /** Places of the patch tokens that each clip keeps, `[batch, keptTokens]`. Default: drawn from the seed and the step. */
  readonly kept?: Int32Array;
};

/** What the inputs of a step depend on besides its batch. */
export type StepScope = {
  readonly config: ViclipConfig;
  readonly settings: TrainSettings;
  /** Updates done before. */
  readonly step: number;
  /** Patch tokens of a clip, and how many of them are kept. */
  readonly grid: TokenGrid;
  readonly keptTokens: number;
  readonly embedTexts: (tokens: Int32Array) => Promise<Float32Array>;
};

/**
 * The inputs of the training graphs for a batch.
 *
 * @throws RangeError for a batch that does not fit the model.
 */
export async function stepInputs(scope: StepScope, batch: TrainBatch): Promise<StepInputs> {
  const { config, settings } = scope;
  const { frames, image } = config.vision;
  const sizes = [frames, 3, image, image];
  const samples = batch.frames.length / sizes.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(samples) || samples === 0) {
    throw new RangeError(
      `batch.frames must be clips of [${sizes.join(', ')}], got ${batch.frames.length} numbers.`,
    );
  }
  const ids = batch.ids ?? Array.from({ length: samples }, (_, sample) => sample);
  hasLength('ids', ids.length, samples);
  const groups = batch.groups ?? [];
  if (batch.groups !== undefined) hasLength('groups', groups.length, samples);
  return new Map<string, StepInput>([
    ['frames', { values: batch.frames, sizes: [samples, ...sizes] }],
    ['targets', { values: softTargets(ids), sizes: [samples, samples] }],
    ['exclusions', { values: exclusions(ids, groups), sizes: [samples, samples] }],
    await textInput(scope, batch.texts, samples),
    ...keptInput(scope, batch.kept, samples),
    ...dropInputs(config, settings, { step: scope.step, samples, kept: scope.keptTokens }),
  ]);
}

async function textInput(
  { config, settings, embedTexts }: StepScope,
  texts: TrainBatch['texts'],
  samples: number,
): Promise<readonly [string, StepInput]> {
  const { dimension, text } = config;
  if ('vectors' in texts) {
    if (settings.trainsText) {
      throw new RangeError('batch.texts must be tokens, as the text tower is trained.');
    }
    hasLength('texts.vectors', texts.vectors.length, samples * dimension);
    return ['texts', { values: texts.vectors, sizes: [samples, dimension] }];
  }
  const { tokens } = texts;
  hasLength('texts.tokens', tokens.length, samples * text.context);
  inRange('texts.tokens', tokens, text.vocabulary);
  return settings.trainsText
    ? ['tokens', { values: tokens, sizes: [samples, text.context] }]
    : ['texts', { values: await embedTexts(tokens), sizes: [samples, dimension] }];
}

function keptInput(
  { settings, step, grid, keptTokens }: StepScope,
  given: Int32Array | undefined,
  samples: number,
): readonly (readonly [string, StepInput])[] {
  const patches = grid.places * grid.frames;
  if (given !== undefined) {
    hasLength('kept', given.length, samples * keptTokens);
    inRange('kept', given, patches);
  }
  if (keptTokens === patches) return [];
  const values = given ?? new Int32Array(samples * keptTokens);
  for (let sample = 0; given === undefined && sample < samples; sample++) {
    const name = `mask/${settings.seed}/${step}/${sample}`;
    const mask = { kept: keptTokens, unit: settings.maskUnit ?? 'token' };
    values.set(keptTokensOf(name, grid, mask), sample * keptTokens);
  }
  return [['kept', { values, sizes: [samples, keptTokens] }]];
}

type Draw = { readonly step: number; readonly samples: number; readonly kept: number };

function dropInputs(
  config: ViclipConfig,
  { dropPath, seed }: TrainSettings,
  { step, samples, kept }: Draw,
): readonly (readonly [string, StepInput])[] {
  if (dropPath === undefined) return [];
  const branches = droppedBranches(visionGraph(config, { kept }), config, dropPath);
  return branches.map(({ input, shape, rate }) => {
    const sizes = sizesOf(shape, samples);
    const count = sizes.reduce((product, size) => product * size, 1);
    const values = dropFactors(`${input}/${seed}/${step}`, count, rate);
    return [input, { values, sizes, isShared: dropPath.unit === 'token' }];
  });
}

function hasLength(name: string, length: number, wanted: number): void {
  if (length === wanted) return;
  throw new RangeError(`batch.${name} must have ${wanted} entries, got ${length}.`);
}

function inRange(name: string, values: Int32Array, end: number): void {
  const wrong = values.find((value) => value < 0 || value >= end);
  if (wrong === undefined) return;
  throw new RangeError(`batch.${name} must be from 0 to ${end - 1}, got ${wrong}.`);
}
