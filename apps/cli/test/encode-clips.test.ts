import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { span, type Clip } from '@internvid/core';
import { ffmpegFrameReader, type FrameSelection } from '@internvid/core/media';
import { drawFilm } from '@internvid/core/testing';
import type { ClipSpec } from '@internvid/generation';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { clipEncoder } from '../src/encode-clips.js';

const WIDTH = 160;
const HEIGHT = 96;

describe('clipEncoder', () => {
  let folder: string;
  let film: string;
  const frames = ffmpegFrameReader();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'internvid-encode "quoted" 🎬-'));
    film = join(folder, 'film.mp4');
    await drawFilm(
      {
        name: 'film',
        width: 320,
        height: 240,
        frameRate: { num: 30, den: 1 },
        shots: [
          { frames: 30, backdrop: { kind: 'gradient', from: 'red', to: 'yellow' } },
          {
            frames: 60,
            backdrop: { kind: 'texture', from: 'black', to: 'purple' },
            camera: { kind: 'pan', velocity: [120, 0] },
          },
        ],
      },
      film,
    );
  }, 60_000);
  afterAll(async () => rm(folder, { recursive: true }));

  async function spec(of: Partial<ClipSpec> = {}): Promise<ClipSpec> {
    const info = await frames.probe(film);
    const video = { id: 'film', uri: film, info, metadata: {} };
    const clip: Clip = { id: 'film_1000_3000', video, span: span(1_000, 3_000), facts: {} };
    const crop = { left: 0, top: 24, width: 320, height: 192 };
    const shown = { span: span(1_000, 2_875), width: WIDTH, height: HEIGHT, frames: 15, fps: 8 };
    return { clip, crop, ...shown, ...of };
  }

  async function luma(path: string, select: FrameSelection, height: number): Promise<Uint8Array[]> {
    const outputs = [{ width: WIDTH, height, format: 'gray8' as const }];
    const found: Uint8Array[] = [];
    for await (const frame of frames.frames(path, { select, outputs }))
      found.push(frame.pictures[0]!.data.slice());
    return found;
  }

  const distance = (a: Uint8Array, b: Uint8Array): number =>
    a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;

  it('shows at each time what the film shows then, and nothing of the shot before', async () => {
    const file = join(folder, 'clip.mp4');
    const of = await spec();
    await writeFile(file, await clipEncoder(frames, undefined).make(of, undefined));
    const made = await luma(file, { kind: 'all' }, HEIGHT);
    const timesMs = Array.from({ length: 15 }, (_, at) => Math.floor(1_000 + at * 125));
    const whole = await luma(film, { kind: 'times', timesMs }, 120);
    const wanted = whole.map((picture) => picture.subarray(12 * WIDTH, (12 + HEIGHT) * WIDTH));
    expect(made).toHaveLength(15);
    for (const [at, picture] of made.entries()) {
      const distances = wanted.map((other) => distance(picture, other));
      expect(distances.indexOf(Math.min(...distances))).toBe(at);
      expect(distances[at]).toBeLessThan(6);
    }
  });

  it('gives the same bytes each time', async () => {
    const of = await spec();
    const [one, other] = [clipEncoder(frames, undefined), clipEncoder(frames, undefined)];
    const bytes = await one.make(of, undefined);
    expect(Buffer.compare(bytes, await other.make(of, undefined))).toBe(0);
  });

  it('shows a frame twice where the rate is above that of the film', async () => {
    const file = join(folder, 'fast.mp4');
    const of = await spec({ frames: 60, fps: 60, span: span(1_000, 2_000) });
    await writeFile(file, await clipEncoder(frames, undefined).make(of, undefined));
    expect((await frames.probe(file)).video.frames).toBe(60);
  });

  it('refuses a clip whose frames are not there', async () => {
    const beyond = { ...(await spec()).clip, span: span(8_000, 9_000) };
    const made = clipEncoder(frames, undefined).make(
      await spec({ clip: beyond, span: span(8_000, 9_000) }),
      undefined,
    );
    await expect(made).rejects.toMatchObject({ code: 'process-failed' });
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    const made = clipEncoder(frames, undefined).make(await spec(), stopped);
    await expect(made).rejects.toThrow();
  });
});
