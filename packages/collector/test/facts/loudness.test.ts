import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ffmpegAudioReader } from '@internvid/core/media';
import { soundGauge } from '../../src/facts/loudness.js';
import { temporaryFolder } from '../drawn-video.js';
import { describeWithShared, shared } from '../shared.js';

const RATE = 48_000;

/** A sine of a whole number of Hz and one amplitude for each channel, interleaved. */
function tone(seconds: number, hz: number, amplitudes: readonly number[]): Float32Array {
  const period = Float32Array.from({ length: RATE }, (_, at) =>
    Math.sin((2 * Math.PI * hz * at) / RATE),
  );
  const samples = new Float32Array(Math.round(seconds * RATE) * amplitudes.length);
  for (let at = 0, time = 0; at < samples.length; time = (time + 1) % RATE) {
    for (const amplitude of amplitudes) samples[at++] = amplitude * (period[time] as number);
  }
  return samples;
}

function decibels(level: number): number {
  return 10 ** (level / 20);
}

function factsOf(channels: number, parts: readonly Float32Array[]) {
  const gauge = soundGauge(channels);
  for (const part of parts) gauge.push(part);
  const samples = parts.reduce((sum, part) => sum + part.length / channels, 0);
  return gauge.over({ startMs: 0, endMs: Math.floor((samples * 1000) / RATE) });
}

describe('loudness', () => {
  // EBU Tech 3341 (2016), table 1: the expected responses hold within 0.1 LU.
  it.each([
    ['1: a tone at -23 dB', [[20, -23]], -23],
    ['2: a tone at -33 dB', [[20, -33]], -33],
    [
      '3: a quieter beginning and end, gated',
      [
        [10, -36],
        [60, -23],
        [10, -36],
      ],
      -23,
    ],
    [
      '4: as 3, with silence around',
      [
        [10, -72],
        [10, -36],
        [60, -23],
        [10, -36],
        [10, -72],
      ],
      -23,
    ],
    [
      '5: a louder middle',
      [
        [20, -26],
        [20.1, -20],
        [20, -26],
      ],
      -23,
    ],
  ] as const)('meets case %s', (_name, parts, expected) => {
    const sound = parts.map(([seconds, level]) =>
      tone(seconds, 1000, [decibels(level), decibels(level)]),
    );
    expect(Math.abs(Number(factsOf(2, sound).facts.loudnessLufs) - expected)).toBeLessThan(0.1);
  });

  it('meets case 6: five channels, those behind count more, low-frequency effects not at all', () => {
    const levels = [-28, -28, -24, -10, -30, -30].map(decibels);
    const { loudnessLufs } = factsOf(6, [tone(20, 1000, levels)]).facts;
    expect(Math.abs(Number(loudnessLufs) + 23)).toBeLessThan(0.1);
    const front = factsOf(6, [tone(5, 1000, [0.1, 0, 0, 0, 0, 0])]).facts.loudnessLufs;
    const back = factsOf(6, [tone(5, 1000, [0, 0, 0, 0, 0.1, 0])]).facts.loudnessLufs;
    expect(Number(back) - Number(front)).toBeCloseTo(1.49, 1);
  });

  it('does not depend on how the samples are cut into pieces', () => {
    const whole = tone(3, 440, [0.2]);
    const pieces: Float32Array[] = [];
    for (let from = 0; from < whole.length; from += 1777)
      pieces.push(whole.subarray(from, from + 1777));
    expect(factsOf(1, pieces)).toEqual(factsOf(1, [whole]));
  });

  it('is missing with a reason where there is nothing to hear, too little, or nothing at all', () => {
    expect(factsOf(1, [new Float32Array(RATE)])).toEqual({
      facts: { silenceRatio: 1 },
      missing: { loudnessLufs: 'silent' },
    });
    expect(factsOf(1, [tone(0.3, 440, [0.2])])).toEqual({
      facts: { silenceRatio: 0 },
      missing: { loudnessLufs: 'too-short' },
    });
    expect(soundGauge(1).over({ startMs: 0, endMs: 1000 }).missing).toEqual({
      loudnessLufs: 'no-samples',
      silenceRatio: 'no-samples',
    });
  });

  it('answers for any span, and hears silence where the track has ended', () => {
    const gauge = soundGauge(1);
    gauge.push(tone(2, 1000, [decibels(-20)]));
    gauge.push(new Float32Array(RATE));
    gauge.push(tone(1, 1000, [decibels(-30)]));
    const over = (startMs: number, endMs: number) => gauge.over({ startMs, endMs }).facts;
    expect(over(0, 2000).loudnessLufs).toBeCloseTo(-23, 1);
    expect(over(3000, 4000).loudnessLufs).toBeCloseTo(-33, 1);
    expect(over(1000, 3000).silenceRatio).toBe(0.5);
    expect(over(3000, 5000).silenceRatio).toBe(0.5);
  });
});

/** Integrated loudness of a sound track by ffmpeg's own meter, at the rate for which BS.1770 gives its filters. */
function ffmpegLoudness(path: string, stream: number): number {
  const filter = 'aresample=48000,ebur128';
  const args = ['-nostats', '-i', path, '-map', `0:${stream}`, '-af', filter, '-f', 'null', '-'];
  const { stderr } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
  return Number(/Integrated loudness:\s+I:\s+(\S+) LUFS/.exec(stderr)?.[1]);
}

async function ourLoudness(path: string): Promise<{ loudness: number; stream: number }> {
  const audio = ffmpegAudioReader();
  const track = await audio.track(path);
  if (track === undefined) throw new Error(`no sound in ${path}`);
  const gauge = soundGauge(track.channels);
  let samples = 0;
  for await (const chunk of audio.samples(path, { sampleRate: RATE, format: 'f32' })) {
    gauge.push(chunk.samples);
    samples += chunk.samples.length / chunk.channels;
  }
  const { facts } = gauge.over({ startMs: 0, endMs: Math.floor((samples * 1000) / RATE) });
  return { loudness: Number(facts.loudnessLufs), stream: track.stream };
}

describe('loudness of drawn sound', () => {
  const folder = temporaryFolder();

  it("agrees with ffmpeg's meter within 0.1 LU", async () => {
    const path = join(folder, 'noise.wav');
    const source = 'anoisesrc=d=8:c=pink:r=44100:a=0.3:seed=4,tremolo=f=0.3:d=0.9';
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', source, '-ac', '2', path]);
    const { loudness, stream } = await ourLoudness(path);
    expect(Math.abs(loudness - ffmpegLoudness(path, stream))).toBeLessThan(0.1);
  });
});

describeWithShared('loudness of real videos', () => {
  it.each([
    'media/big_buck_bunny_30s_vp8.webm',
    'media/segway_tv_4shots_h264.mp4',
    'media/lego_machine_h263_amr.3gp',
    'media/webb_telescope_narrated_multitrack.mp4',
    'media/pancake_flip_h264_opus.mkv',
    'media/captioned/comedian.mp4',
    'media/cat_portrait_h264.mp4',
    'media/broken/hevc_start_offset_51audio.ts',
  ])("of %s agrees with ffmpeg's meter within 0.1 LU", async (file) => {
    const path = shared(file);
    const { loudness, stream } = await ourLoudness(path);
    expect(Math.abs(loudness - ffmpegLoudness(path, stream))).toBeLessThan(0.1);
  });
});
