import type { Boundary, Producer } from '@internvid/core';
import type { ShotDetection, ShotDetector } from './detector.js';
import { flashFilter } from './flash-filter.js';
import { hardCut } from './hard-cut.js';
import { checkMinShotFrames } from './shortest-shot.js';

/** Settings of the histogram detector; all defaults are PySceneDetect's. */
export type HistogramDetectorOptions = {
  /** A frame is a cut when its histogram's correlation with the one before is at most 1 minus this. Above 0, at most 1. Default 0.2. */
  readonly threshold?: number;
  /** Equal bins over the brightness 0 to 255, 1 to 256. Default 128. */
  readonly bins?: number;
  /** Shortest shot in frames; a cut that follows too soon is left out. Default 15. */
  readonly minShotFrames?: number;
};

/**
 * Finds hard cuts by the distribution of brightness: PySceneDetect 0.7.2's HistogramDetector, number for number. What moves inside
 * the picture changes nothing; what changes the light changes all.
 *
 * The confidence is `d / (d + threshold)` with `d` = 1 minus the correlation: 0.5 at the threshold, rising towards 1. It ranks
 * boundaries and is not a probability.
 *
 * @throws RangeError for a setting out of its range.
 */
export function histogramDetector(options: HistogramDetectorOptions = {}): ShotDetector {
  const settings = {
    threshold: options.threshold ?? 0.2,
    bins: options.bins ?? 128,
    minShotFrames: options.minShotFrames ?? 15,
  };
  check(settings);
  const producer: Producer = { name: 'histogram', version: '1', config: settings };
  return { producer, start: () => startDetection(settings, producer) };
}

type Settings = Required<HistogramDetectorOptions>;

function check({ threshold, bins, minShotFrames }: Settings): void {
  if (!(threshold > 0 && threshold <= 1))
    throw new RangeError(`options.threshold must be above 0 and at most 1, got ${threshold}.`);
  if (!Number.isInteger(bins) || bins < 1 || bins > 256)
    throw new RangeError(`options.bins must be a whole number from 1 to 256, got ${bins}.`);
  checkMinShotFrames(minShotFrames);
}

function startDetection(settings: Settings, producer: Producer): ShotDetection {
  const { threshold, bins, minShotFrames } = settings;
  const isFarEnough = flashFilter({ mode: 'suppress', minShotFrames });
  const correlate = histogramCorrelation(bins);
  const boundaries: Boundary[] = [];
  return {
    push({ index, timeMs, picture }) {
      const correlation = correlate(picture.data);
      if (correlation === undefined) return;
      const isAbove = correlation <= 1 - threshold;
      if (isFarEnough(index, isAbove) === undefined) return;
      const difference = 1 - correlation;
      boundaries.push(hardCut({ index, timeMs }, difference / (difference + threshold), producer));
    },
    finish: () => boundaries,
  };
}

/**
 * Starts comparing. The returned function takes pictures of one size in `rgb24` one after another and answers with Pearson's
 * correlation of their brightness histograms, -1 to 1; `undefined` for the first. A histogram without any spread correlates with
 * everything (1), as in OpenCV's `compareHist`.
 */
export function histogramCorrelation(bins: number): (rgb: Uint8Array) => number | undefined {
  const binOf = Uint8Array.from({ length: 256 }, (_, level) => Math.floor((level * bins) / 256));
  let current = new Float64Array(bins);
  let previous = new Float64Array(bins);
  let isFirst = true;
  return (rgb) => {
    [current, previous] = [previous, current];
    countLevels(rgb, binOf, current);
    if (!isFirst) return correlation(current, previous);
    isFirst = false;
    return undefined;
  };
}

/** Brightness is Y of OpenCV's 8-bit `COLOR_BGR2YUV`. */
function countLevels(rgb: Uint8Array, binOf: Uint8Array, counts: Float64Array): void {
  counts.fill(0);
  for (let at = 0; at < rgb.length; at += 3) {
    const red = rgb[at] as number;
    const green = rgb[at + 1] as number;
    const blue = rgb[at + 2] as number;
    const bin = binOf[(4899 * red + 9617 * green + 1868 * blue + 8192) >> 14] as number;
    counts[bin] = (counts[bin] as number) + 1;
  }
}

function correlation(a: Float64Array, b: Float64Array): number {
  // Both count the same pixels, so both have the same mean.
  const mean = a.reduce((sum, count) => sum + count, 0) / a.length;
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  for (let bin = 0; bin < a.length; bin++) {
    const fromA = (a[bin] as number) - mean;
    const fromB = (b[bin] as number) - mean;
    both += fromA * fromB;
    ofA += fromA * fromA;
    ofB += fromB * fromB;
  }
  return ofA * ofB === 0 ? 1 : both / Math.sqrt(ofA * ofB);
}
