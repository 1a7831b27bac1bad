/** The rate, in Hz, for which the filters below are given. */
export const LOUDNESS_SAMPLE_RATE = 48_000;

/** Coefficients of a filter of second order, a0 = 1. */
type Biquad = readonly [b0: number, b1: number, b2: number, a1: number, a2: number];

/** ITU-R BS.1770-4, tables 1 and 2: the head's shelf and the high-pass, at 48 kHz. */
const SHELF: Biquad = [
  1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
];
const HIGH_PASS: Biquad = [1, -2, 1, -1.99004745483398, 0.99007225036621];

/** Weights one channel as hearing does; keeps its state between calls. */
export interface KWeighting {
  /** Sum of squares of the weighted samples of a stretch, for every `stride`th number from `first` to before `end`. */
  energy(samples: Float32Array, first: number, end: number, stride: number): number;
}

/** Starts the K-weighting of ITU-R BS.1770-4 for a channel at 48 kHz. */
export function kWeighting(): KWeighting {
  const [b0, b1, b2, a1, a2] = SHELF;
  const [c0, c1, c2, d1, d2] = HIGH_PASS;
  let [x1, x2, y1, y2, z1, z2] = [0, 0, 0, 0, 0, 0];
  return {
    energy(samples, first, end, stride) {
      let sum = 0;
      for (let at = first; at < end; at += stride) {
        const x = samples[at] as number;
        const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
        const z = c0 * y + c1 * y1 + c2 * y2 - d1 * z1 - d2 * z2;
        x2 = x1;
        x1 = x;
        y2 = y1;
        y1 = y;
        z2 = z1;
        z1 = z;
        sum += z * z;
      }
      return sum;
    },
  };
}

/**
 * How much each channel counts, in ffmpeg's order of channels: 1.41 for those beside and behind the listener, 0 for low-frequency
 * effects (BS.1770-4, table 3). Known for 1 to 8 channels in their usual layouts, mono to 7.1; further ones count as front.
 */
export function channelWeights(channels: number): readonly number[] {
  const surround = 1.41;
  const layouts: Readonly<Record<number, readonly number[]>> = {
    4: [1, 1, 1, surround],
    5: [1, 1, 1, surround, surround],
    6: [1, 1, 1, 0, surround, surround],
    7: [1, 1, 1, 0, surround, surround, surround],
    8: [1, 1, 1, 0, surround, surround, surround, surround],
  };
  return layouts[channels] ?? Array.from({ length: channels }, () => 1);
}
