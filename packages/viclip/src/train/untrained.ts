import { viclipVariants, type ViclipConfig } from '../variants.js';
import { seededWeights } from '../weights/seeded.js';
import type { Weights } from '../weights/weights.js';

/** Sizes that one machine trains from nothing. Their vocabulary is the published one, which is most of their parameters. */
export const smallVariants: Readonly<Record<'tiny' | 'small', ViclipConfig>> = {
  tiny: {
    vision: { width: 64, layers: 3, heads: 4, patch: 16, image: 64, frames: 4 },
    text: { ...viclipVariants.b16.text, width: 48, layers: 2, heads: 4 },
    dimension: 32,
  },
  small: {
    vision: { width: 192, layers: 6, heads: 6, patch: 16, image: 112, frames: 8 },
    text: { ...viclipVariants.b16.text, width: 128, layers: 4, heads: 4 },
    dimension: 128,
  },
};

/** Weights that nothing was learnt with yet: drawn from the seed, evenly, as wide as keeps activations from growing. */
export function untrainedWeights(config: ViclipConfig, seed = 42): Weights {
  return { ...seededWeights(config, `${seed}/`), changes: ['drawn at random'] };
}
