import type { Boundary, Producer } from '@internvid/core';
import { areaAverage } from './area-average.js';
import type { ShotDetection, ShotDetector } from './detector.js';
import { flashFilter } from './flash-filter.js';
import { hardCut } from './hard-cut.js';
import { checkMinShotFrames } from './shortest-shot.js';

/** Settings of the hash detector; all defaults are PySceneDetect's. */
export type HashDetectorOptions = {
  /** A frame is a cut when at least this share of its hash's bits differs from the frame before. Above 0, at most 1. Default 0.35. */
  readonly threshold?: number;
  /** Bits along each side of the hash, 2 to 64. Default 8, so 64 bits. */
  readonly size?: number;
  /** How many times more frequencies are computed than kept, 1 to 8; higher looks at coarser structure. Default 2. */
  readonly lowpass?: number;
  /** Shortest shot in frames; a cut that follows too soon is left out. Default 15. */
  readonly minShotFrames?: number;
};

/**
 * Finds hard cuts by a perceptual hash of the coarse structure of each frame: PySceneDetect 0.7.2's HashDetector, bit for bit.
 *
 * The confidence is `distance / (distance + threshold)`: 0.5 at the threshold, rising towards 1. It ranks boundaries and is not a
 * probability.
 *
 * @throws RangeError for a setting out of its range.
 */
export function hashDetector(options: HashDetectorOptions = {}): ShotDetector {
  const settings = {
    threshold: options.threshold ?? 0.35,
    size: options.size ?? 8,
    lowpass: options.lowpass ?? 2,
    minShotFrames: options.minShotFrames ?? 15,
  };
  check(settings);
  const producer: Producer = { name: 'hash', version: '1', config: settings };
  return { producer, start: () => startDetection(settings, producer) };
}

type Settings = Required<HashDetectorOptions>;

function check({ threshold, size, lowpass, minShotFrames }: Settings): void {
  if (!(threshold > 0 && threshold <= 1))
    throw new RangeError(`options.threshold must be above 0 and at most 1, got ${threshold}.`);
  if (!Number.isInteger(size) || size < 2 || size > 64)
    throw new RangeError(`options.size must be a whole number from 2 to 64, got ${size}.`);
  if (!Number.isInteger(lowpass) || lowpass < 1 || lowpass > 8)
    throw new RangeError(`options.lowpass must be a whole number from 1 to 8, got ${lowpass}.`);
  checkMinShotFrames(minShotFrames);
}

function startDetection(settings: Settings, producer: Producer): ShotDetection {
  const { threshold, size, lowpass, minShotFrames } = settings;
  const isFarEnough = flashFilter({ mode: 'suppress', minShotFrames });
  const boundaries: Boundary[] = [];
  let hash: ((rgb: Uint8Array) => Uint8Array) | undefined;
  let previous: Uint8Array | undefined;
  return {
    push({ index, timeMs, picture }) {
      hash ??= perceptualHash({ width: picture.width, height: picture.height, size, lowpass });
      const bits = hash(picture.data);
      const distance = previous === undefined ? 0 : unequalBits(bits, previous) / bits.length;
      previous = bits;
      if (isFarEnough(index, distance >= threshold) === undefined) return;
      boundaries.push(hardCut({ index, timeMs }, distance / (distance + threshold), producer));
    },
    finish: () => boundaries,
  };
}

/** What a hash is made of. */
export type PerceptualHashOptions = {
  /** Of the pictures, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly lowpass: number;
};

/**
 * Makes a hash function for pictures in `rgb24`: grey, reduced to `size * lowpass` squared, cosine transform, and a bit for each of
 * the lowest `size` x `size` coefficients: 1 where it lies above their median. The bits are bytes of 0 and 1, row-major, the
 * row being the vertical frequency.
 */
export function perceptualHash(options: PerceptualHashOptions): (rgb: Uint8Array) => Uint8Array {
  const { width, height, size, lowpass } = options;
  const side = size * lowpass;
  const grey = new Uint8Array(width * height);
  const reduce = areaAverage(width, height, side);
  const transform = lowFrequencies(side, size);
  return (rgb) => {
    toGrey(rgb, grey);
    const levels = reduce(grey);
    const brightest = levels.reduce((most, level) => Math.max(most, level), 0);
    const coefficients = transform(levels.map((level) => level / (brightest || 1)));
    const middle = median(coefficients);
    return Uint8Array.from(coefficients, (value) => (value > middle ? 1 : 0));
  };
}

/** OpenCV's 8-bit `COLOR_BGR2GRAY`. */
function toGrey(rgb: Uint8Array, grey: Uint8Array): void {
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++, at += 3) {
    const red = rgb[at] as number;
    const green = rgb[at + 1] as number;
    const blue = rgb[at + 2] as number;
    grey[pixel] = (9798 * red + 19235 * green + 3735 * blue + 16384) >> 15;
  }
}

/** The lowest `size` x `size` coefficients of the orthonormal two-dimensional DCT-II of a `side` x `side` picture. */
function lowFrequencies(side: number, size: number): (levels: Float64Array) => Float64Array {
  const basis = Float64Array.from({ length: size * side }, (_, at) => {
    const frequency = Math.floor(at / side);
    const norm = Math.sqrt((frequency === 0 ? 1 : 2) / side);
    return norm * Math.cos((Math.PI * (2 * (at % side) + 1) * frequency) / (2 * side));
  });
  /** Along each row of `from`, then turned over, so that doing it twice treats rows and columns. */
  const transformRows = (from: Float64Array, rows: number): Float64Array => {
    const to = new Float64Array(size * rows);
    for (let row = 0; row < rows; row++) {
      for (let frequency = 0; frequency < size; frequency++) {
        let sum = 0;
        for (let x = 0; x < side; x++)
          sum += (from[row * side + x] as number) * (basis[frequency * side + x] as number);
        to[frequency * rows + row] = sum;
      }
    }
    return to;
  };
  return (levels) => transformRows(transformRows(levels, side), size);
}

/** The mean of the two middle ones for an even count. */
function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const low = sorted[(sorted.length - 1) >> 1] ?? 0;
  const high = sorted[sorted.length >> 1] ?? 0;
  return (low + high) / 2;
}

function unequalBits(a: Uint8Array, b: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < a.length; at++) count += (a[at] as number) ^ (b[at] as number);
  return count;
}
