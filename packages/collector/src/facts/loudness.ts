import type { Span } from '@internvid/core';
import { missing, type Found, type MissingReason } from './gauge.js';
import { channelWeights, kWeighting, LOUDNESS_SAMPLE_RATE } from './k-weighting.js';
import { mean, rounded, series, type Series } from './series.js';

/** Sound is summed up in steps of so many milliseconds. */
const STEP_MS = 100;
const STEP_SAMPLES = (LOUDNESS_SAMPLE_RATE * STEP_MS) / 1000;
/** A gating block is 400 ms, and begins every 100 ms (EBU Tech 3341). */
const BLOCK_STEPS = 4;
/** Blocks below this are silence, in LUFS; and those so far below the mean of the rest are pauses, in LU (BS.1770-4). */
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = -10;
/** A step is silent when the mean square of its samples is below -50 dB of full scale. */
const SILENT_POWER = 10 ** (-50 / 10);

/** Measures a sound track while it is read once. */
export interface SoundGauge {
  /** Takes the next samples at 48 kHz, interleaved, without gaps, the first ones at the container's start. */
  push(samples: Float32Array): void;
  over(span: Span): Found;
}

const NAMES = ['loudnessLufs', 'silenceRatio'];

/** The facts of sound, missing for one reason. */
export function missingSound(reason: MissingReason): Found {
  return missing(NAMES, reason);
}

/**
 * Starts measuring sound. Keeps 8 bytes for each 100 ms: 0.3 MB for an hour.
 *
 * - `loudnessLufs`: integrated loudness of EBU R 128 (ITU-R BS.1770-4, gated), of the steps of 100 ms that lie inside the span;
 * - `silenceRatio`: share of these steps whose samples, of all channels, are below -50 dB of full scale on average; where the track has
 *   ended there is silence.
 */
export function soundGauge(channels: number): SoundGauge {
  const weights = channelWeights(channels);
  const filters = weights.map(() => kWeighting());
  // Weighted power and plain power of each step.
  const steps = series(2);
  let filled = 0;
  let [weighted, plain] = [0, 0];
  const addPart = (samples: Float32Array, from: number, count: number): void => {
    const end = (from + count) * channels;
    filters.forEach((filter, channel) => {
      const energy = filter.energy(samples, from * channels + channel, end, channels);
      weighted += (weights[channel] as number) * energy;
    });
    for (let at = from * channels; at < end; at++) plain += (samples[at] as number) ** 2;
  };
  return {
    push(samples) {
      const count = samples.length / channels;
      for (let from = 0; from < count;) {
        const part = Math.min(count - from, STEP_SAMPLES - filled);
        addPart(samples, from, part);
        from += part;
        filled += part;
        if (filled < STEP_SAMPLES) continue;
        steps.push(weighted / STEP_SAMPLES, plain / (STEP_SAMPLES * channels));
        [filled, weighted, plain] = [0, 0, 0];
      }
    },
    over: (span) => soundOver(steps, span),
  };
}

function soundOver(steps: Series, span: Span): Found {
  const first = Math.ceil(span.startMs / STEP_MS);
  const end = Math.floor(span.endMs / STEP_MS);
  if (end - first < 1) return missingSound('too-short');
  if (first >= steps.length) return missingSound('no-samples');
  const there = Math.min(end, steps.length);
  const loud = steps.column(1, first, there).filter((power) => power >= SILENT_POWER).length;
  const silenceRatio = rounded(1 - loud / (end - first));
  if (there - first < BLOCK_STEPS) {
    return { facts: { silenceRatio }, missing: { loudnessLufs: 'too-short' } };
  }
  const loudness = integratedLoudness(steps.column(0, first, there));
  return loudness === undefined
    ? { facts: { silenceRatio }, missing: { loudnessLufs: 'silent' } }
    : { facts: { silenceRatio, loudnessLufs: Math.round(loudness * 100) / 100 } };
}

/** Gated loudness of steps of weighted power, in LUFS; `undefined` where every block is silent. */
function integratedLoudness(powers: readonly number[]): number | undefined {
  const blocks: number[] = [];
  for (let from = 0; from + BLOCK_STEPS <= powers.length; from++) {
    let sum = 0;
    for (let step = from; step < from + BLOCK_STEPS; step++) sum += powers[step] as number;
    blocks.push(sum / BLOCK_STEPS);
  }
  const audible = blocks.filter((power) => lufs(power) > ABSOLUTE_GATE);
  if (audible.length === 0) return undefined;
  const gate = lufs(mean(audible)) + RELATIVE_GATE;
  return lufs(mean(audible.filter((power) => lufs(power) > gate)));
}

function lufs(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}
