import type { Boundary, Producer } from '@internvid/core';
import { CONTENT_WEIGHTS, checkWeights, contentChange, type ContentWeights } from './content.js';
import type { ShotDetection, ShotDetector } from './detector.js';
import { flashFilter } from './flash-filter.js';
import { hardCut, type CutFrame } from './hard-cut.js';
import { checkMinShotFrames } from './shortest-shot.js';

/** Settings of the adaptive detector; all defaults are PySceneDetect's. */
export type AdaptiveDetectorOptions = {
  /** A cut's content value is at least so many times the mean of its neighbours'. Default 3. */
  readonly threshold?: number;
  /** A cut's content value is at least this, 0 to 255. Default 15. */
  readonly minContentValue?: number;
  /** Neighbours looked at on each side, in frames. Default 2. */
  readonly windowFrames?: number;
  /** Shortest shot in frames; a cut that follows too soon is left out. Default 15. */
  readonly minShotFrames?: number;
  /** See the content detector. */
  readonly weights?: ContentWeights;
};

/** Largest ratio, and the one of a change between frames that do not change at all. */
const MAX_RATIO = 255;
/** A mean below this counts as no change. */
const NO_CHANGE = 0.00001;

/**
 * Finds hard cuts by how much a change of colour stands out from those around it: PySceneDetect 0.7.2's AdaptiveDetector,
 * number for number. Steady motion raises the neighbours too, so it is taken for a cut less often than by the content detector.
 *
 * The first and last `windowFrames` frames are never cuts. The confidence is `ratio / (ratio + threshold)`: 0.5 at the threshold,
 * rising towards 1. It ranks boundaries and is not a probability.
 *
 * @throws RangeError for a threshold or window that is not positive, and for what the content detector refuses.
 */
export function adaptiveDetector(options: AdaptiveDetectorOptions = {}): ShotDetector {
  const settings = {
    threshold: options.threshold ?? 3,
    minContentValue: options.minContentValue ?? 15,
    windowFrames: options.windowFrames ?? 2,
    minShotFrames: options.minShotFrames ?? 15,
    weights: options.weights ?? CONTENT_WEIGHTS,
  };
  check(settings);
  const producer: Producer = { name: 'adaptive', version: '1', config: settings };
  return { producer, start: () => startDetection(settings, producer) };
}

type Settings = Required<AdaptiveDetectorOptions>;
type ValuedFrame = CutFrame & { readonly value: number };

function check({
  threshold,
  windowFrames,
  minContentValue,
  minShotFrames,
  weights,
}: Settings): void {
  if (!(threshold > 0))
    throw new RangeError(`options.threshold must be positive, got ${threshold}.`);
  if (!(minContentValue >= 0))
    throw new RangeError(`options.minContentValue must not be negative, got ${minContentValue}.`);
  if (!Number.isInteger(windowFrames) || windowFrames < 1)
    throw new RangeError(`options.windowFrames must be at least 1, got ${windowFrames}.`);
  checkMinShotFrames(minShotFrames);
  checkWeights(weights);
}

function startDetection(settings: Settings, producer: Producer): ShotDetection {
  const { threshold, minContentValue, windowFrames, minShotFrames, weights } = settings;
  const measure = contentChange(weights);
  const isFarEnough = flashFilter({ mode: 'suppress', minShotFrames });
  const window: ValuedFrame[] = [];
  const boundaries: Boundary[] = [];
  return {
    push({ index, timeMs, picture }) {
      const { value } = measure(picture.data, picture.width, picture.height);
      window.push({ index, timeMs, value });
      if (window.length > 2 * windowFrames + 1) window.shift();
      const middle = window[windowFrames];
      if (middle === undefined || window.length < 2 * windowFrames + 1) return;
      const ratio = adaptiveRatio(
        window.map((frame) => frame.value),
        minContentValue,
      );
      const isAbove = ratio >= threshold && middle.value >= minContentValue;
      if (isFarEnough(middle.index, isAbove) !== undefined)
        boundaries.push(hardCut(middle, ratio / (ratio + threshold), producer));
    },
    finish: () => boundaries,
  };
}

/**
 * How many times the mean of its neighbours the middle one of an odd number of content values is, at most 255. Between neighbours
 * that do not change it is 255 for a value of at least `minContentValue`, else 0.
 */
export function adaptiveRatio(values: readonly number[], minContentValue: number): number {
  const middle = values[values.length >> 1] ?? 0;
  const sum = values.reduce(
    (total, value, at) => (at === values.length >> 1 ? total : total + value),
    0,
  );
  const mean = sum / (values.length - 1);
  if (Math.abs(mean) >= NO_CHANGE) return Math.min(middle / mean, MAX_RATIO);
  return middle >= minContentValue ? MAX_RATIO : 0;
}
