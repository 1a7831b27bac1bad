import type { Producer } from '@internvid/core';
import type { ShotDetection, ShotDetector } from './detector.js';
import { decide, type CutChance, type GradualChance } from './transition-decision.js';
import { kindOf, lightOf } from './transition-gradual-features.js';
import { scan } from './transition-scan.js';
import { decodeTrees, probability, type Trees } from './transition-trees.js';
import { CUT_TREES, GRADUAL_TREES, WEIGHTS_VERSION } from './transition-weights.js';

/** Settings of the transition detector. */
export type TransitionDetectorOptions = {
  /** Least probability of a hard cut, above 0 and below 1. Default 0.5. */
  readonly cutThreshold?: number;
  /** Least score of a gradual transition, above 0 and below 1. Default 0.7: the best for videos that the trees have not seen. */
  readonly gradualThreshold?: number;
};

/** Chances below this are not kept. */
const LEAST_KEPT = 0.05;

/**
 * Finds hard cuts, at the exact frame, and gradual transitions with their first and last frames: dissolves, fades, wipes,
 * pushes, zooms. Boosted trees judge about sixty measurements of each possible cut, and about 170 of every second frame that
 * changes, over windows from a third of a second to two seconds; `npm run train:shots` makes them from composed films.
 *
 * The confidence of a boundary is the trees' answer: a probability for cuts, and the most that any frame of a gradual transition
 * got for those. Memory: about 7 MB, and a small record for every second frame.
 *
 * @throws RangeError for a threshold that is not between 0 and 1.
 */
export function transitionDetector(options: TransitionDetectorOptions = {}): ShotDetector {
  const settings = {
    cutThreshold: options.cutThreshold ?? 0.5,
    gradualThreshold: options.gradualThreshold ?? 0.7,
  };
  for (const [name, value] of Object.entries(settings)) {
    if (!(value > 0 && value < 1))
      throw new RangeError(`options.${name} must be between 0 and 1, got ${value}.`);
  }
  const producer: Producer = {
    name: 'transition',
    version: '1',
    config: { ...settings, weights: WEIGHTS_VERSION },
  };
  const trees = { cut: decodeTrees(CUT_TREES), gradual: decodeTrees(GRADUAL_TREES) };
  return { producer, start: () => startDetection(settings, trees, producer) };
}

/** What the features of a frame say; without any, nothing changes there. */
function gradualChance(
  trees: Trees,
  features: readonly number[] | undefined,
): Omit<GradualChance, 'index' | 'timeMs'> {
  if (features === undefined) return { chance: 0, kind: 'dissolve', contrast: Infinity, mean: 0 };
  return { chance: probability(trees, features), kind: kindOf(features), ...lightOf(features) };
}

function startDetection(
  { cutThreshold, gradualThreshold }: Required<TransitionDetectorOptions>,
  trees: { readonly cut: Trees; readonly gradual: Trees },
  by: Producer,
): ShotDetection {
  const cuts: CutChance[] = [];
  const gradual: GradualChance[] = [];
  const looking = scan({
    cut(index, timeMs, features) {
      const chance = probability(trees.cut, features);
      if (chance >= LEAST_KEPT) cuts.push({ index, timeMs, chance });
    },
    gradual(index, timeMs, features) {
      gradual.push({ index, timeMs, ...gradualChance(trees.gradual, features) });
    },
  });
  return {
    push: (frame) => looking.push(frame),
    finish() {
      looking.finish();
      const limits = { cut: cutThreshold, gradual: gradualThreshold };
      return decide(cuts, gradual, limits).map(({ chance, ...transition }) => ({
        ...transition,
        confidence: chance,
        by,
      }));
    },
  };
}
