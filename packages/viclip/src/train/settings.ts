import { z } from 'zod';

import type { AdamW } from './adamw.js';
import { PUBLISHED_ADAMW } from './adamw.js';
import type { DropPath } from './drop-path.js';
import type { MaskUnit } from './mask.js';
import type { Recompute } from './training-graph.js';
import { checkSchedule, type Schedule } from './schedule.js';

/** All that decides what numbers a training run gives, besides its starting weights and its data. */
export type TrainSettings = {
  readonly schedule: Schedule;
  /** Share of the patch tokens that is left out, from 0 to below 1. Published: 0.9, then 0. */
  readonly maskRatio: number;
  /** Default and published: `token`. */
  readonly maskUnit?: MaskUnit | undefined;
  /** Whether the text tower is trained too. Published and default: it is frozen. */
  readonly trainsText: boolean;
  /** Default: as published. */
  readonly optimizer: AdamW;
  /** Longest that all gradients together may be; longer ones are shortened to it. Default and published: no limit. */
  readonly maxGradientNorm?: number | undefined;
  /** Default: none. Published: rate 0.1, unit `token`. */
  readonly dropPath?: DropPath | undefined;
  /** Samples in memory at once; larger batches go through the model in parts, twice. Default: the whole batch. */
  readonly microBatch?: number | undefined;
  /**
   * `blocks` keeps of each residual block only what goes in and computes the rest again on the way back: less memory for a longer
   * step, and the same gradient. Default: all is kept.
   */
  readonly recompute?: Recompute | undefined;
  /**
   * Keeps a moving average of the trained weights beside them: average = decay x average + (1 - decay) x weight after every
   * update, from 0 to below 1. Default and published: none.
   */
  readonly averageDecay?: number | undefined;
  /** Of masks and drop path: a whole number. Default 42. */
  readonly seed: number;
};

/** Settings to choose; the rest have defaults. */
export type TrainChoices = Pick<TrainSettings, 'schedule' | 'maskRatio'> & Partial<TrainSettings>;

/**
 * Fills in what was left open.
 *
 * @throws RangeError naming the first setting that cannot be.
 */
export function trainSettings(choices: TrainChoices): TrainSettings {
  const settings: TrainSettings = {
    trainsText: false,
    optimizer: PUBLISHED_ADAMW,
    seed: 42,
    ...choices,
  };
  checkSchedule(settings.schedule);
  const { maskRatio, maxGradientNorm, dropPath, microBatch, seed } = settings;
  const { betas, epsilon, weightDecay } = settings.optimizer;
  check('maskRatio', maskRatio, isShare(maskRatio), 'from 0 to below 1');
  betas.forEach((beta, at) => {
    check(`optimizer.betas[${at}]`, beta, isShare(beta), 'from 0 to below 1');
  });
  check('optimizer.epsilon', epsilon, epsilon > 0, 'positive');
  check('optimizer.weightDecay', weightDecay, weightDecay >= 0, 'at least 0');
  check('maxGradientNorm', maxGradientNorm, !(Number(maxGradientNorm) <= 0), 'positive');
  check('dropPath.rate', dropPath?.rate, isShare(dropPath?.rate ?? 0), 'from 0 to below 1');
  const isCount = Number.isSafeInteger(microBatch ?? 1) && (microBatch ?? 1) >= 1;
  check('microBatch', microBatch, isCount, 'a positive whole number');
  const { averageDecay } = settings;
  check('averageDecay', averageDecay, isShare(averageDecay ?? 0), 'from 0 to below 1');
  check('seed', seed, Number.isSafeInteger(seed), 'a whole number');
  return settings;
}

function check(name: string, value: number | undefined, isRight: boolean, must: string): void {
  if (!isRight) throw new RangeError(`settings.${name} must be ${must}, got ${String(value)}.`);
}

function isShare(value: number): boolean {
  return value >= 0 && value < 1;
}

/** Settings as a checkpoint holds them. */
export const storedSettings: z.ZodType<TrainSettings> = z.object({
  schedule: z.object({ learningRate: z.number(), updates: z.number(), warmup: z.number() }),
  maskRatio: z.number(),
  maskUnit: z.enum(['token', 'tube']).optional(),
  trainsText: z.boolean(),
  optimizer: z.object({
    betas: z.tuple([z.number(), z.number()]),
    epsilon: z.number(),
    weightDecay: z.number(),
  }),
  maxGradientNorm: z.number().optional(),
  dropPath: z.object({ rate: z.number(), unit: z.enum(['sample', 'token']) }).optional(),
  microBatch: z.number().optional(),
  recompute: z.enum(['blocks']).optional(),
  averageDecay: z.number().optional(),
  seed: z.number(),
});
