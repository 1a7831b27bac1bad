import { mapStage, ToolkitError, type Stage } from '@internvid/core';
import type { AudioReader } from '@internvid/core/media';
import { LOUDNESS_SAMPLE_RATE } from './facts/k-weighting.js';
import { missingSound, soundGauge, type SoundGauge } from './facts/loudness.js';
import { alsoMeasured, FACTS_VERSION } from './facts/measurements.js';
import type { SplitVideo } from './split.js';

/** What measuring sound needs. */
export type MeasureSoundOptions = {
  readonly audio: AudioReader;
  /** Videos at once. Default 1. */
  readonly concurrency?: number;
};

/**
 * Adds `loudnessLufs` and `silenceRatio` to what was measured of each video, to be put between `splitIntoShots` and
 * `clipsFromShots`. Reads the sound once, in a decode of its own that costs little beside the pictures. Where there is no sound, or
 * none that can be decoded (with the warning `sound-not-decoded`), the facts are missing.
 */
export function measureSound(options: MeasureSoundOptions): Stage<SplitVideo, SplitVideo> {
  const { audio, concurrency = 1 } = options;
  return mapStage({
    name: 'measure-sound',
    version: 1,
    config: { audio: audio.producer, facts: FACTS_VERSION },
    concurrency,
    async map(split: SplitVideo, { signal, warn }) {
      const gauge = await soundOf(split, audio, signal, warn);
      const measurements = alsoMeasured(split.measurements, (span) =>
        typeof gauge === 'string' ? missingSound(gauge) : gauge.over(span),
      );
      return { ...split, measurements };
    },
  });
}

async function soundOf(
  { video }: SplitVideo,
  audio: AudioReader,
  signal: AbortSignal,
  warn: (warning: string) => void,
): Promise<SoundGauge | 'no-audio' | 'no-samples'> {
  if (video.info.audio.length === 0) return 'no-audio';
  let gauge: SoundGauge | undefined;
  try {
    const request = { sampleRate: LOUDNESS_SAMPLE_RATE, format: 'f32' } as const;
    for await (const { samples, channels } of audio.samples(video.uri, request, signal)) {
      gauge ??= soundGauge(channels);
      gauge.push(samples);
    }
  } catch (error) {
    if (!ToolkitError.is(error) || !NOT_DECODED.includes(error.code)) throw error;
    warn('sound-not-decoded');
  }
  return gauge ?? 'no-samples';
}

/** What is wrong with the sound alone; anything else is wrong with the file or the machine. */
const NOT_DECODED: readonly string[] = ['decode-failed', 'encrypted', 'unreadable'];
