import type { Boundary, Producer } from '@internvid/core';
import { edgeMap, type EdgeMap } from './canny.js';
import type { ShotDetection, ShotDetector } from './detector.js';
import { flashFilter, type FlashFilterMode } from './flash-filter.js';
import { hardCut } from './hard-cut.js';
import { hsvPlanes, type HsvDifference, type HsvPlanes } from './hsv.js';
import { checkMinShotFrames } from './shortest-shot.js';

/** How much each change counts in the content value; negative ones count by their absolute size in the divisor. */
export type ContentWeights = {
  readonly hue: number;
  readonly saturation: number;
  readonly luminance: number;
  readonly edges: number;
};

/** Settings of the content detector. */
export type ContentDetectorOptions = {
  /** A frame whose content value is at least this is a candidate, 0 to 255. Default 27, PySceneDetect's. */
  readonly threshold?: number;
  /** Shortest shot in frames. Default 15, PySceneDetect's. */
  readonly minShotFrames?: number;
  /** What happens to candidates that come closer together than that. Default `merge`. */
  readonly flashes?: FlashFilterMode;
  /** Default hue 1, saturation 1, luminance 1, edges 0. */
  readonly weights?: ContentWeights;
};

/** Means over all pixels of the change from the frame before; `edges` is 0 when edges have no weight. */
export type ContentChange = {
  hue: number;
  saturation: number;
  luminance: number;
  edges: number;
  /** The weighted mean, 0 to 255. */
  value: number;
};

/** Those of PySceneDetect: the plain mean of hue, saturation and luminance. */
export const CONTENT_WEIGHTS: ContentWeights = { hue: 1, saturation: 1, luminance: 1, edges: 0 };

/**
 * Finds hard cuts by the change of colour from frame to frame: PySceneDetect 0.7.2's ContentDetector, number for number.
 *
 * Gradual transitions are not looked for; a fast one may come out as a cut. The confidence of a boundary is
 * `value / (value + threshold)`: 0.5 at the threshold, rising towards 1. It ranks boundaries and is not a probability.
 *
 * @throws RangeError for a threshold that is not positive, a negative shot length, weights that are all zero.
 */
export function contentDetector(options: ContentDetectorOptions = {}): ShotDetector {
  const settings = {
    threshold: options.threshold ?? 27,
    minShotFrames: options.minShotFrames ?? 15,
    flashes: options.flashes ?? 'merge',
    weights: options.weights ?? CONTENT_WEIGHTS,
  };
  check(settings);
  const producer: Producer = { name: 'content', version: '1', config: settings };
  return { producer, start: () => startDetection(settings, producer) };
}

type Settings = Required<ContentDetectorOptions>;

function check({ threshold, minShotFrames, weights }: Settings): void {
  if (!(threshold > 0))
    throw new RangeError(`options.threshold must be positive, got ${threshold}.`);
  checkMinShotFrames(minShotFrames);
  checkWeights(weights);
}

/** @throws RangeError for weights that are all zero or not numbers. */
export function checkWeights(weights: ContentWeights): void {
  if (!(weightSum(weights) > 0)) throw new RangeError('options.weights must not all be zero.');
}

function startDetection(settings: Settings, producer: Producer): ShotDetection {
  const measure = contentChange(settings.weights);
  const filter = flashFilter({ mode: settings.flashes, minShotFrames: settings.minShotFrames });
  const boundaries: Boundary[] = [];
  let candidate = { index: 0, timeMs: 0, value: 0 };
  return {
    push({ index, timeMs, picture }) {
      const { value } = measure(picture.data, picture.width, picture.height);
      const isAbove = value >= settings.threshold;
      if (isAbove) candidate = { index, timeMs, value };
      // A cut is always put at the newest candidate, so remembering one is enough.
      if (filter(index, isAbove) === undefined) return;
      boundaries.push(
        hardCut(candidate, candidate.value / (candidate.value + settings.threshold), producer),
      );
    },
    finish: () => boundaries,
  };
}

/**
 * Starts measuring frame-to-frame change. The returned function takes pictures of one size in `rgb24`, one after another, and
 * answers with the same object each time; the first picture has no change. The reference's rules, means over all pixels:
 * hue, saturation and luminance are absolute differences of 8-bit HSV, edges of edge maps of 0 and 255.
 */
export function contentChange(
  weights: ContentWeights,
): (rgb: Uint8Array, width: number, height: number) => ContentChange {
  const change: ContentChange = { hue: 0, saturation: 0, luminance: 0, edges: 0, value: 0 };
  const difference: HsvDifference = { hue: 0, saturation: 0, value: 0 };
  const divisor = weightSum(weights);
  let planes: HsvPlanes | undefined;
  let edges: ((value: Uint8Array) => number) | undefined;
  return (rgb, width, height) => {
    const isFirst = planes === undefined;
    const pixels = width * height;
    planes ??= hsvPlanes(pixels);
    planes.replace(rgb, difference);
    if (weights.edges !== 0) {
      edges ??= edgeChange(edgeMap(width, height), pixels);
      change.edges = edges(planes.value) / pixels;
    }
    if (isFirst) return change;
    change.hue = difference.hue / pixels;
    change.saturation = difference.saturation / pixels;
    change.luminance = difference.value / pixels;
    change.value =
      (weights.hue * change.hue +
        weights.saturation * change.saturation +
        weights.luminance * change.luminance +
        weights.edges * change.edges) /
      divisor;
    return change;
  };
}

/** Sum over all pixels of the change of the edge map (0 or 255) from the picture before; 0 for the first. */
function edgeChange(map: EdgeMap, pixels: number): (value: Uint8Array) => number {
  let current = new Uint8Array(pixels);
  let previous = new Uint8Array(pixels);
  let isFirst = true;
  return (value) => {
    [current, previous] = [previous, current];
    map.detect(value, current);
    let changed = 0;
    for (let at = 0; at < pixels; at++)
      changed += (current[at] as number) ^ (previous[at] as number);
    const sum = isFirst ? 0 : changed * 255;
    isFirst = false;
    return sum;
  };
}

function weightSum(weights: ContentWeights): number {
  return (
    Math.abs(weights.hue) +
    Math.abs(weights.saturation) +
    Math.abs(weights.luminance) +
    Math.abs(weights.edges)
  );
}
