/** Settings of AdamW that all parameters share. */
export type AdamW = {
  /** Decay of the two moments. */
  readonly betas: readonly [first: number, second: number];
  readonly epsilon: number;
  /** Share of a weight taken off at each update, times the learning rate. */
  readonly weightDecay: number;
};

/** As published: betas 0.9 and 0.98, decay 0.2, and PyTorch's epsilon. */
export const PUBLISHED_ADAMW: AdamW = { betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0.2 };

/** A parameter and its moments, all of one length; an update writes them in place. */
export type Moments = {
  readonly weights: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
};

/** One update of one parameter. */
export type Update = {
  /** Multiplied with `scale` before use. */
  readonly gradient: Float32Array;
  readonly scale: number;
  readonly rate: number;
  /** Counted from 1. */
  readonly step: number;
  readonly settings: AdamW;
  /** Whether the weight decays. */
  readonly decays: boolean;
};

/** AdamW with decoupled weight decay (Loshchilov and Hutter 2019, arXiv 1711.05101), computed in double, kept in float32. */
export function updateWeights({ weights, first, second }: Moments, update: Update): void {
  const { gradient, scale, rate, step, settings, decays } = update;
  const [beta1, beta2] = settings.betas;
  const { epsilon } = settings;
  const keep = decays ? 1 - rate * settings.weightDecay : 1;
  const pace = rate / (1 - beta1 ** step);
  const spread = 1 / (1 - beta2 ** step);
  for (let at = 0; at < weights.length; at++) {
    const slope = (gradient[at] ?? 0) * scale;
    const m = beta1 * (first[at] ?? 0) + (1 - beta1) * slope;
    const v = beta2 * (second[at] ?? 0) + (1 - beta2) * slope * slope;
    first[at] = m;
    second[at] = v;
    weights[at] = (weights[at] ?? 0) * keep - (pace * m) / (Math.sqrt(v * spread) + epsilon);
  }
}

const UNDECAYED =
  /(\.bias|^temp|\.positional_embedding|\.class_embedding|\.temporal_positional_embedding)$/;

/**
 * Whether a parameter decays, by the published rule: all but those of one dimension, biases, the temperature and the tables of
 * places and times. The table of words decays: the published exclusion of it does not match its name.
 */
export function decays(name: string, shape: readonly number[]): boolean {
  return shape.length > 1 && !UNDECAYED.test(name);
}

/** Length of all gradients as one vector. */
export function gradientNorm(gradients: Iterable<Float32Array>): number {
  let sum = 0;
  for (const gradient of gradients) {
    for (let at = 0; at < gradient.length; at++) sum += (gradient[at] ?? 0) ** 2;
  }
  return Math.sqrt(sum);
}

/** What gradients are multiplied with so that they are together no longer than `longest`, as PyTorch's `clip_grad_norm_` does. */
export function clippingScale(norm: number, longest: number | undefined): number {
  return longest === undefined ? 1 : Math.min(1, longest / (norm + 1e-6));
}
