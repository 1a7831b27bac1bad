/** Samples per second at which sound is compared: an eighth of a millisecond each. */
export const COMPARED_RATE = 8000;

const WINDOW_SAMPLES = 2.5 * COMPARED_RATE;
const FARTHEST_SAMPLES = 0.1 * COMPARED_RATE;

/** Root mean square below which a stretch counts as silent: -60 dB of full scale. */
const SILENCE = 1e-3;

/** Peaks that are this close are equal: a tone matches itself at many offsets, and the nearest one is meant. */
const TIE = 5e-4;

/** How two recordings of the same sound lie to each other. */
export type SoundOffset = {
  /** Positive where the clip's sound comes late. At most 100 ms is found. */
  readonly offsetMs: number;
  /** Normalised correlation there, -1 to 1. */
  readonly correlation: number;
};

/**
 * The offset between two recordings, mono, at 8 kHz, by cross-correlation over the first and the last 2.5 s; the larger of both.
 * Undefined where all of that is silent.
 */
export function soundOffset(source: Float32Array, clip: Float32Array): SoundOffset | undefined {
  const length = Math.min(source.length, clip.length);
  const window = Math.min(WINDOW_SAMPLES, length);
  const starts = length > window ? [0, length - window] : [0];
  const found = starts
    .map((start) =>
      offsetOf(source.subarray(start, start + window), clip.subarray(start, start + window)),
    )
    .filter((offset) => offset !== undefined);
  return found.reduce<SoundOffset | undefined>(
    (worst, offset) =>
      worst === undefined || Math.abs(offset.offsetMs) > Math.abs(worst.offsetMs) ? offset : worst,
    undefined,
  );
}

function offsetOf(source: Float32Array, clip: Float32Array): SoundOffset | undefined {
  if (loudness(source) < SILENCE) return undefined;
  const farthest = Math.min(FARTHEST_SAMPLES, Math.floor(source.length / 2));
  const peaks = Array.from({ length: 2 * farthest + 1 }, (_, at) => {
    const lag = at - farthest;
    return { lag, correlation: correlate(source, clip, lag) };
  });
  const highest = Math.max(...peaks.map(({ correlation }) => correlation));
  const best = peaks
    .filter(({ correlation }) => correlation >= highest - TIE)
    .sort((a, b) => Math.abs(a.lag) - Math.abs(b.lag))[0];
  if (best === undefined) return undefined;
  return { offsetMs: (best.lag * 1000) / COMPARED_RATE, correlation: best.correlation };
}

function loudness(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Normalised correlation of `a[i]` with `b[i + lag]` over the samples that both have. */
function correlate(a: Float32Array, b: Float32Array, lag: number): number {
  const from = Math.max(0, -lag);
  const to = Math.min(a.length, b.length - lag);
  let product = 0;
  let energyA = 0;
  let energyB = 0;
  for (let index = from; index < to; index++) {
    const x = a[index] ?? 0;
    const y = b[index + lag] ?? 0;
    product += x * y;
    energyA += x * x;
    energyB += y * y;
  }
  return energyA * energyB === 0 ? 0 : product / Math.sqrt(energyA * energyB);
}
