import {
  chmodSync,
  copyFileSync,
  existsSync,
  truncateSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { AudioRequest } from '../../src/media/audio-reader.js';
import { ffmpegAudioReader } from '../../src/media/ffmpeg-audio-reader.js';
import { findFfmpeg } from '../../src/media/find-ffmpeg.js';
import { draw, h264, testPicture, videoFolder } from './drawn-videos.js';

const folder = videoFolder();
const reader = ffmpegAudioReader();
const media = fileURLToPath(new URL('../../../../../shared/media/', import.meta.url));

let tone = '';
let late = '';
let silent = '';
beforeAll(() => {
  tone = draw(folder.path, 'tone.wav', [
    ...['-f', 'lavfi', '-i', "aevalsrc='gte(t,1)*0.125*sin(2000*PI*t)':s=48000:d=3"],
    ...['-c:a', 'pcm_s16le'],
  ]);
  // Sound from 1 s to 2 s of a video of 3 s, with a second track beside it.
  late = draw(folder.path, 'late.mkv', [
    ...testPicture(3),
    ...['-itsoffset', '1', '-f', 'lavfi', '-i', 'sine=frequency=500:sample_rate=48000:duration=1'],
    ...['-f', 'lavfi', '-i', 'anoisesrc=sample_rate=48000:duration=3'],
    ...['-map', '0', '-map', '1', '-map', '2', ...h264(), '-c:a', 'flac'],
    ...['-disposition:a:0', 'default', '-disposition:a:1', '0'],
  ]);
  silent = draw(folder.path, 'silent.mp4', [...testPicture(1), ...h264()]);
});
afterAll(() => folder.remove());

type Sound = { readonly samples: number[]; readonly channels: number; readonly starts: number[] };

async function read(path: string, request: AudioRequest): Promise<Sound> {
  const sound = { samples: [] as number[], channels: 0, starts: [] as number[] };
  for await (const { samples, channels, firstSample } of reader.samples(path, request)) {
    sound.starts.push(firstSample);
    sound.channels = channels;
    for (const sample of samples) sound.samples.push(sample);
  }
  return sound;
}

/** Reads to the end and keeps nothing. */
async function drain(
  chunks: AsyncIterable<unknown>,
  onChunk = (): void => undefined,
): Promise<void> {
  for await (const chunk of chunks) {
    if (chunk !== undefined) onChunk();
  }
}

/** Number of the first sample that is louder than a twentieth of full scale. */
function firstLoud({ samples, channels }: Sound): number {
  return Math.floor(samples.findIndex((sample) => Math.abs(sample) > 0.05) / channels);
}

describe('reading sound', () => {
  it('gives every sample once, in chunks that say where they begin', async () => {
    const sound = await read(tone, { sampleRate: 48_000, format: 'f32' });
    expect(sound.channels).toBe(1);
    expect(sound.samples).toHaveLength(144_000);
    expect(sound.starts[0]).toBe(0);
    expect(sound.starts.length).toBeGreaterThan(1);
    expect(firstLoud(sound)).toBeGreaterThanOrEqual(48_000);
    expect(firstLoud(sound)).toBeLessThan(48_010);
    expect(Math.max(...sound.samples.slice(60_000, 61_000))).toBeCloseTo(0.125, 2);
  });

  it('resamples, mixes and converts as asked', async () => {
    const request = { sampleRate: 16_000, channels: 2, format: 's16' } as const;
    const sound = await read(tone, request);
    expect(sound.channels).toBe(2);
    expect(sound.samples.length).toBe(96_000);
    const right = sound.samples.filter((_, index) => index % 2 === 1);
    expect(right).toEqual(sound.samples.filter((_, index) => index % 2 === 0));
    expect(right.every((sample) => Number.isInteger(sample))).toBe(true);
    expect(Math.max(...right)).toBeGreaterThan(2000);
  });

  it('reads a span to the sample', async () => {
    const request = { sampleRate: 48_000, format: 'f32' } as const;
    const whole = await read(tone, request);
    const part = await read(tone, { ...request, span: { startMs: 987, endMs: 1234 } });
    expect(part.starts[0]).toBe(0);
    expect(part.samples).toHaveLength(247 * 48);
    expect(part.samples).toEqual(whole.samples.slice(987 * 48, 1234 * 48));
  });

  it('fills a late start with silence, so that samples have the times of the frames', async () => {
    const request = { sampleRate: 48_000, format: 'f32' } as const;
    const sound = await read(late, request);
    expect(sound.samples).toHaveLength(96_000);
    expect(Math.abs(firstLoud(sound) - 48_000)).toBeLessThan(50);
    const part = await read(late, { ...request, span: { startMs: 500, endMs: 1500 } });
    expect(Math.abs(firstLoud(part) - 24_000)).toBeLessThan(50);
  });

  it('reads the default track, or the one that is named', async () => {
    const track = await reader.track(late);
    expect(track).toMatchObject({ codec: 'flac', sampleRate: 48_000, channels: 1, stream: 1 });
    const noise = await read(late, { sampleRate: 8_000, format: 'f32', stream: 2 });
    expect(firstLoud(noise)).toBeLessThan(100);
  });

  it('ends the decoder when the reader stops early, and gives nothing behind the end', async () => {
    const request = { sampleRate: 48_000, format: 'f32' } as const;
    for await (const { firstSample } of reader.samples(tone, request)) {
      expect(firstSample).toBe(0);
      break;
    }
    const behind = await read(tone, { ...request, span: { startMs: 9_000, endMs: 9_500 } });
    expect(behind.samples).toEqual([]);
  });

  it.each(["it's 100% $HOME [x] 视频 🎬.wav", '-dash.wav', 'a%03d.wav', 'c:d?x=1#y.wav'])(
    'reads %j',
    async (name) => {
      const path = join(folder.path, name);
      copyFileSync(tone, path);
      expect((await read(path, { sampleRate: 8_000, format: 's16' })).samples).toHaveLength(24_000);
    },
  );
});

describe('sound that cannot be read', () => {
  const request = { sampleRate: 16_000, format: 'f32' } as const;

  it('says so of a video without sound, and of a track that is not there', async () => {
    expect(await reader.track(silent)).toBeUndefined();
    const reason = { code: 'unreadable', details: { reason: 'no-audio-track' } };
    await expect(read(silent, request)).rejects.toMatchObject(reason);
    await expect(read(late, { ...request, stream: 0 })).rejects.toMatchObject(reason);
  });

  it('says so of files that are none', async () => {
    const page = join(folder.path, 'page.mp3');
    writeFileSync(page, '<html>403</html>');
    await expect(read(page, request)).rejects.toMatchObject({ code: 'unreadable' });
    const none = join(folder.path, 'none.wav');
    await expect(read(none, request)).rejects.toMatchObject({ code: 'not-found' });
    const url = 'https://example.com/a.wav';
    await expect(read(url, request)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('gives what is there of a file that was cut off', async () => {
    const path = join(folder.path, 'short.wav');
    copyFileSync(tone, path);
    truncateSync(path, statSync(path).size / 2);
    const { samples } = await read(path, request);
    expect(samples.length).toBeGreaterThan(23_000);
    expect(samples.length).toBeLessThan(25_000);
  });

  it('ends with the reason of an abort, before and in the middle', async () => {
    await expect(drain(reader.samples(tone, request, AbortSignal.abort()))).rejects.toMatchObject({
      name: 'AbortError',
    });
    const controller = new AbortController();
    await expect(
      drain(reader.samples(tone, request, controller.signal), () => controller.abort()),
    ).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses misuse at the door', () => {
    const refuse = (wrong: Partial<AudioRequest>): void => {
      expect(() => reader.samples(tone, { ...request, ...wrong })).toThrow(RangeError);
    };
    refuse({ sampleRate: 0 });
    refuse({ channels: 0.5 });
    refuse({ stream: -1 });
    refuse({ span: { startMs: 5, endMs: 5 } });
  });

  (process.platform === 'win32' ? it.skip : it)(
    'ends a decoder that writes nothing as a timeout',
    async () => {
      const real = findFfmpeg('ffmpeg').path;
      const path = join(folder.path, 'stalls.sh');
      writeFileSync(
        path,
        `#!/bin/sh\nif [ "$2" = -version ]; then exec '${real}' "$@"; fi\nexec sleep 60\n`,
      );
      chmodSync(path, 0o755);
      const stalling = ffmpegAudioReader({ ffmpeg: path, stallMs: 3_000 });
      await expect(drain(stalling.samples(tone, request))).rejects.toMatchObject({
        code: 'timeout',
        retryable: true,
      });
    },
  );
});

(existsSync(media) ? describe : describe.skip)(
  'the sound of ../shared/media (skipped without that folder)',
  () => {
    it('reads 5.1 sound of a transport stream with a start of its own', async () => {
      const path = `${media}broken/hevc_start_offset_51audio.ts`;
      const { channels, samples } = await read(path, { sampleRate: 48_000, format: 'f32' });
      expect(channels).toBe(6);
      expect(samples.length / 6 / 48_000).toBeCloseTo(5, 1);
    });

    it('reads a recording without pictures', async () => {
      const path = `${media}librivox_sense_and_sensibility_0870.wav`;
      const { samples } = await read(path, { sampleRate: 16_000, format: 's16' });
      expect(samples.length / 16_000).toBeCloseTo(7.1, 2);
    });
  },
);
