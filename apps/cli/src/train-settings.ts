import type { CommonSettings, RunStage } from '@internvid/viclip';

import type { Config } from './config.js';
import { UsageError } from './exit.js';
import { oneOf, wholeNumber } from './session.js';

/** Flags that say how a model is trained. */
export type TrainingFlags = {
  readonly batch: string;
  readonly microBatch?: string;
  readonly epochs?: string;
  readonly learningRate?: string;
  readonly mask?: string;
  readonly maskUnit?: string;
  readonly unmaskedEpochs?: string;
  readonly unmaskedLearningRate?: string;
  readonly text?: string;
  readonly recompute?: boolean;
  readonly dropPath?: string;
  readonly clipGradients?: string;
  readonly averageDecay?: string;
  readonly seed: string;
};

const OF_STAGES = [
  'epochs',
  'learningRate',
  'mask',
  'unmaskedEpochs',
  'unmaskedLearningRate',
] as const;

/**
 * The stages of the config, else the published two with what the flags say.
 *
 * @param published `PUBLISHED_STAGES` of the package viclip.
 */
export function stagesOf(
  flags: TrainingFlags,
  { viclip = {} }: Config,
  published: Readonly<Record<'masked' | 'unmasked', Omit<RunStage, 'batch'>>>,
): readonly RunStage[] {
  if (viclip.stages !== undefined) {
    if (OF_STAGES.every((name) => flags[name] === undefined)) return viclip.stages;
    throw new UsageError('The stages are in the config (`viclip.stages`): change them there.');
  }
  const { masked, unmasked } = published;
  const batch = wholeNumber('--batch', flags.batch, 2);
  const epochs = numberOf('--epochs', flags.epochs) ?? masked.epochs;
  const after = numberOf('--unmasked-epochs', flags.unmaskedEpochs) ?? unmasked.epochs;
  const stages = [
    {
      ...masked,
      batch,
      epochs,
      // The published half epoch of ten, and of fewer as large a share.
      warmupEpochs: Math.min(masked.warmupEpochs, epochs * 0.05),
      maskRatio: numberOf('--mask', flags.mask) ?? masked.maskRatio,
      learningRate: numberOf('--learning-rate', flags.learningRate) ?? 2e-4,
    },
    {
      ...unmasked,
      batch,
      epochs: after,
      warmupEpochs: after * 0.2,
      learningRate:
        numberOf('--unmasked-learning-rate', flags.unmaskedLearningRate) ?? unmasked.learningRate,
    },
  ].filter((stage) => stage.epochs > 0);
  if (stages.length === 0) throw new UsageError('--epochs and --unmasked-epochs are both 0.');
  return stages;
}

/** The settings of all stages. */
export function settingsOf(flags: TrainingFlags, fromNothing: boolean): CommonSettings {
  const text = oneOf('--text', flags.text ?? (fromNothing ? 'trained' : 'frozen'), TEXTS);
  const dropPath = numberOf('--drop-path', flags.dropPath);
  const maxGradientNorm = numberOf('--clip-gradients', flags.clipGradients);
  const averageDecay = numberOf('--average-decay', flags.averageDecay);
  const maskUnit = oneOf('--mask-unit', flags.maskUnit ?? 'token', MASK_UNITS);
  const { microBatch } = flags;
  return {
    trainsText: text === 'trained',
    seed: wholeNumber('--seed', flags.seed, 0),
    ...(maskUnit === 'token' ? {} : { maskUnit }),
    ...(microBatch === undefined
      ? {}
      : { microBatch: wholeNumber('--micro-batch', microBatch, 1) }),
    ...(flags.recompute === true ? { recompute: 'blocks' } : {}),
    ...(dropPath === undefined ? {} : { dropPath: { rate: dropPath, unit: 'token' } }),
    ...(maxGradientNorm === undefined ? {} : { maxGradientNorm }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
  };
}

const MASK_UNITS = ['token', 'tube'] as const;
const TEXTS = ['frozen', 'trained'] as const;

/** Reads a flag that takes a number of at least 0. */
export function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`${flag} takes a number of at least 0, got "${text}".`);
}
