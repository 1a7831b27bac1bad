import { mersenneTwister } from './mersenne-twister.js';

/** How many clips to draw. */
export type DiverseOptions = {
  /** At most the number of clips. */
  readonly count: number;
  /** Default 42, the published one. */
  readonly seed?: number;
};

/**
 * InternVid's DIV: draws clips without replacement, each with a weight of 1 / (clips of its video), so that every video is as
 * likely as every other and a long one does not fill the subset. The draw is the published script's, NumPy's legacy
 * `choice(n, count, replace=False, p)`, number for number (`Data/InternVid/div_sampling.py`).
 *
 * @param videos the video of each clip, in the order of the table.
 * @returns positions in `videos`, in the order of drawing.
 * @throws RangeError for a count below 0 or above the number of clips.
 */
export function diverseSubset(videos: readonly string[], options: DiverseOptions): Uint32Array {
  const { count, seed = 42 } = options;
  if (!Number.isInteger(count) || count < 0 || count > videos.length) {
    const limit = `a whole number from 0 to ${videos.length}, the number of clips`;
    throw new RangeError(`options.count must be ${limit}, got ${count}.`);
  }
  return drawWithoutReplacement(diverseWeights(videos), count, seed);
}

/** The DIV weight of each clip; they sum to 1. Sums are pairwise as in NumPy, so that the weights are the same to the bit. */
export function diverseWeights(videos: readonly string[]): Float64Array {
  const clips = new Map<string, number>();
  for (const video of videos) clips.set(video, (clips.get(video) ?? 0) + 1);
  const weights = Float64Array.from(videos, (video) => 1 / (clips.get(video) ?? 1));
  const sum = pairwiseSum(weights, 0, weights.length);
  return weights.map((weight) => weight / sum);
}

/** Rounds of drawing: what was drawn twice is drawn again, with all that is found already out of the way. */
function drawWithoutReplacement(weights: Float64Array, count: number, seed: number): Uint32Array {
  const random = mersenneTwister(seed);
  const left = weights.slice();
  const cumulative = new Float64Array(weights.length);
  const found = new Uint32Array(count);
  let size = 0;
  while (size < count) {
    const uniforms = Float64Array.from({ length: count - size }, () => random.nextUniform());
    accumulate(left, cumulative);
    for (const uniform of uniforms) {
      const at = firstAbove(cumulative, uniform);
      if (left[at] === 0) continue;
      left[at] = 0;
      found[size++] = at;
    }
  }
  return found;
}

/** Running sums from left to right, as shares of the last. */
function accumulate(weights: Float64Array, cumulative: Float64Array): void {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) {
    sum += weights[at] as number;
    cumulative[at] = sum;
  }
  for (let at = 0; at < cumulative.length; at++) cumulative[at] = (cumulative[at] as number) / sum;
}

/** How many of the ascending values are at most `value`. */
function firstAbove(values: Float64Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const UNROLLED = 8;
const BLOCK = 128;

/** NumPy's order of summation: eight running sums over blocks of at most 128, halves above that. */
function pairwiseSum(values: Float64Array, start: number, length: number): number {
  if (length < UNROLLED) {
    let sum = 0;
    for (let at = start; at < start + length; at++) sum += values[at] as number;
    return sum;
  }
  if (length > BLOCK) {
    const half = Math.floor(length / 2);
    const left = half - (half % UNROLLED);
    return pairwiseSum(values, start, left) + pairwiseSum(values, start + left, length - left);
  }
  return blockSum(values, start, length);
}

function blockSum(values: Float64Array, start: number, length: number): number {
  const sums = values.slice(start, start + UNROLLED);
  const whole = length - (length % UNROLLED);
  for (let at = UNROLLED; at < whole; at++) {
    const lane = at % UNROLLED;
    sums[lane] = (sums[lane] as number) + (values[start + at] as number);
  }
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = sums;
  let sum = a + b + (c + d) + (e + f + (g + h));
  for (let at = start + whole; at < start + length; at++) sum += values[at] as number;
  return sum;
}
