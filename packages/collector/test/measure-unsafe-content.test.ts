import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ffmpegFrameReader } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { nsfwjsRater } from '../src/backends/nsfwjs.js';
import { measureUnsafeContent, type UnsafeContentRater } from '../src/measure-unsafe-content.js';
import type { SplitVideo } from '../src/split.js';
import { drawVideo, temporaryFolder } from './drawn-video.js';

const folder = temporaryFolder();
const frames = ffmpegFrameReader();

/** Finds bright pictures unsafe: what a real rater sees cannot be drawn. */
const brightness: UnsafeContentRater = {
  producer: { name: 'brightness', version: '1', config: {} },
  pictureSide: 32,
  rate: ({ width, height, data }) => {
    expect([width, height]).toEqual([32, 32]);
    return Promise.resolve(data.reduce((sum, value) => sum + value, 0) / data.length / 255);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

async function split(): Promise<SplitVideo> {
  const parts = [
    { source: 'color=black', frames: 50 },
    { source: 'color=white', frames: 50 },
  ];
  const uri = drawVideo(join(folder, 'film.mp4'), parts);
  const video = { id: 'film', uri, metadata: {}, info: await frames.probe(uri) };
  const measurements = { push: () => undefined, over: () => ({ luminance: 90 }) };
  return { id: video.id, video, shots: [], measurements };
}

describe('measuring unsafe content', () => {
  it('gives each span the largest rate of its own pictures, and none where there is none', async () => {
    const stage = measureUnsafeContent({ frames, rater: brightness });
    const { outputs } = await runStage(stage, [await split()]);
    const over = (startMs: number, endMs: number) =>
      outputs[0]?.measurements.over({ startMs, endMs });
    expect(over(0, 2000)).toMatchObject({ luminance: 90, unsafeLikelihood: 0 });
    expect(over(0, 4000)?.unsafeLikelihood).toBeGreaterThan(0.9);
    expect(over(2100, 2900)).toEqual({
      luminance: 90,
      missing: { unsafeLikelihood: 'no-frames' },
    });
  });

  it('refuses a rate that is none', () => {
    expect(() => measureUnsafeContent({ frames, rater: brightness, perSecond: 0 })).toThrow(
      RangeError,
    );
  });
});

function isInstalled(): boolean {
  try {
    const { resolve } = createRequire(import.meta.url);
    return ['nsfwjs', '@tensorflow/tfjs'].every((name) => resolve(name) !== '');
  } catch {
    return false;
  }
}

describe('the rater over nsfwjs', () => {
  (isInstalled() ? it.skip : it)('says how to install what is missing', async () => {
    await expect(nsfwjsRater()).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('npm install nsfwjs'),
    });
  });

  (isInstalled() ? it : it.skip)(
    'rates a plain picture as safe, where it is installed',
    async () => {
      const rater = await nsfwjsRater();
      const side = rater.pictureSide;
      const data = new Uint8Array(side * side * 3).fill(128);
      const picture = { width: side, height: side, format: 'rgb24', data } as const;
      expect(await rater.rate(picture, new AbortController().signal)).toBeLessThan(0.2);
      await rater[Symbol.asyncDispose]();
    },
  );
});
