import {
  untrainedWeights,
  type RunStage,
  type ViclipConfig,
  type Weights,
} from '../../packages/viclip/src/index.js';

/** Sizes of viclip-shapes but for its vocabulary, which is that of its words. */
export const SIZES: ViclipConfig = {
  vision: { width: 96, layers: 3, heads: 3, patch: 12, image: 48, frames: 8 },
  text: { width: 96, layers: 2, heads: 3, context: 24, vocabulary: 0 },
  dimension: 96,
};

/** A part of the run: as the published recipe, masked first. */
export type Stage = Pick<RunStage, 'name' | 'maskRatio' | 'learningRate' | 'batch'> & {
  readonly updates: number;
  readonly warmup: number;
};

/**
 * What viclip-shapes is trained by. Masked updates cost two thirds and teach what things are; when things happen is learnt unmasked: in 150 such
 * updates, answers about what follows what went from 58 to 83 percent.
 */
export const STAGES: readonly Stage[] = [
  { name: 'masked', maskRatio: 0.5, updates: 500, warmup: 100, learningRate: 1.5e-3, batch: 128 },
  { name: 'unmasked', maskRatio: 0, updates: 2400, warmup: 50, learningRate: 1.5e-3, batch: 128 },
];

/** Rates of decay that suit so short a run; the published ones are for runs of a hundred times as many updates. */
export const OPTIMIZER = { betas: [0.9, 0.98], epsilon: 1e-6, weightDecay: 0.05 } as const;

/** Longest that the gradient may be. */
export const MAX_GRADIENT_NORM = 1;

export const SEED = 42;

/** Tables of places and times, and how many times as wide as elsewhere they begin. */
const TABLES: ReadonlySet<string> = new Set([
  'vision_encoder.positional_embedding',
  'vision_encoder.temporal_positional_embedding',
]);
const WIDER = 16;

/**
 * Weights to begin with. Places and times begin about half as loud as what is in a patch: as quiet as in other models, this run
 * learns colours in its first minute and to look at time hardly at all.
 */
export function startWeights(config: ViclipConfig): Weights {
  const weights = untrainedWeights(config, SEED);
  return {
    ...weights,
    async read(key, signal) {
      const values = await weights.read(key, signal);
      return TABLES.has(key) ? values.map((value) => WIDER * value) : values;
    },
  };
}
