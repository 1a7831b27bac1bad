import type { Picture } from '@internvid/core/media';

import type { ClipFrames, VideoTextEncoder } from './encoder.js';

/** The globals of a test runner such as Jest: this file imports none, so that it can be shipped. */
export type Runner = {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
  expect(value: unknown): {
    toEqual(expected: unknown): void;
    toBeCloseTo(expected: number, digits: number): void;
    toBeLessThan(expected: number): void;
    toBeGreaterThan(expected: number): void;
    rejects: {
      toMatchObject(expected: unknown): Promise<void>;
      toThrow(expected: unknown): Promise<void>;
    };
  };
};

/**
 * What every `VideoTextEncoder` must do, whatever its weights. `make` gives a new one for each test, which disposes of it; its
 * `maxBatch` is at least 2.
 */
export function describeVideoTextEncoder(
  name: string,
  make: () => Promise<VideoTextEncoder>,
): void {
  const { describe, it, expect } = globalThis as unknown as Runner;

  describe(`${name} as a video-text encoder`, () => {
    it('gives one vector of unit length for each clip, in their order', async () => {
      await using encoder = await make();
      const [stripes, waves] = [drawn(encoder, 1), drawn(encoder, 2)];
      const vectors = await encoder.embedClips([stripes, waves]);
      expect(vectors.map((vector) => vector.length)).toEqual([
        encoder.dimension,
        encoder.dimension,
      ]);
      for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4);
      const turned = await encoder.embedClips([waves, stripes]);
      expect(dot(vectors[0], turned[1])).toBeCloseTo(1, 4);
      expect(dot(vectors[1], turned[0])).toBeCloseTo(1, 4);
      expect(dot(vectors[0], vectors[1])).toBeLessThan(0.99999);
    });

    it('gives a clip alone the vector that it has among others', async () => {
      await using encoder = await make();
      const clips = [drawn(encoder, 1), drawn(encoder, 2)];
      const [, together] = await encoder.embedClips(clips);
      const [alone] = await encoder.embedClips(clips.slice(1));
      expect(dot(together, alone)).toBeGreaterThan(0.9999);
    });

    it('takes a single picture for a still image', async () => {
      await using encoder = await make();
      const [vector] = await encoder.embedClips([drawn(encoder, 3).slice(0, 1)]);
      expect(vector?.length).toEqual(encoder.dimension);
      expect(dot(vector, vector)).toBeCloseTo(1, 4);
    });

    it('takes pictures of any size and leaves them as they are', async () => {
      await using encoder = await make();
      const clip = drawn(encoder, 4, { width: 61, height: 97 });
      const before = clip.map(({ data }) => Uint8Array.from(data));
      const [vector] = await encoder.embedClips([clip]);
      expect(dot(vector, vector)).toBeCloseTo(1, 4);
      expect(clip.map(({ data }) => data)).toEqual(before);
    });

    it('gives one vector of unit length for each text, in their order', async () => {
      await using encoder = await make();
      const texts = ['a red circle', 'two people talk in a kitchen', 'a red circle'];
      const vectors = await encoder.embedTexts(texts);
      expect(vectors.map((vector) => vector.length)).toEqual(texts.map(() => encoder.dimension));
      for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4);
      expect(dot(vectors[0], vectors[2])).toBeCloseTo(1, 4);
      expect(dot(vectors[0], vectors[1])).toBeLessThan(0.99999);
    });

    it('gives the same bytes for the same call', async () => {
      await using encoder = await make();
      const clip = drawn(encoder, 5);
      expect(await encoder.embedClips([clip])).toEqual(await encoder.embedClips([clip]));
      expect(await encoder.embedTexts(['a cat'])).toEqual(await encoder.embedTexts(['a cat']));
    });

    it('answers calls made at once, each with its own vectors', async () => {
      await using encoder = await make();
      const clips = [drawn(encoder, 1), drawn(encoder, 2), drawn(encoder, 1)];
      const [first, second, again] = await Promise.all(
        clips.map(async (clip) => (await encoder.embedClips([clip]))[0]),
      );
      expect(again).toEqual(first);
      expect(dot(first, second)).toBeLessThan(0.99999);
    });

    it('gives nothing for nothing', async () => {
      await using encoder = await make();
      expect(await encoder.embedClips([])).toEqual([]);
      expect(await encoder.embedTexts([])).toEqual([]);
    });

    it('refuses what the contract rules out, by its place', async () => {
      await using encoder = await make();
      const clip = drawn(encoder, 1);
      const [picture] = clip as [Picture];
      const many = Array.from({ length: encoder.maxBatch + 1 }, () => clip);
      const grey = clip.map((one) => ({ ...one, format: 'gray8' as const }));
      const short = clip.map((one) => ({ ...one, data: one.data.subarray(1) }));
      const extra = [...clip, picture];
      await expect(encoder.embedClips(many)).rejects.toThrow(String(encoder.maxBatch));
      await expect(encoder.embedClips([clip, extra])).rejects.toThrow('clips[1]');
      await expect(encoder.embedClips([grey])).rejects.toThrow('clips[0][0]');
      await expect(encoder.embedClips([short])).rejects.toThrow('clips[0][0]');
      await expect(encoder.embedTexts(['a cat', ' \n'])).rejects.toThrow('texts[1]');
    });

    it('stops at an abort', async () => {
      await using encoder = await make();
      const aborted = { name: 'AbortError' };
      const clips = [drawn(encoder, 1)];
      await expect(encoder.embedClips(clips, AbortSignal.abort())).rejects.toMatchObject(aborted);
      await expect(encoder.embedTexts(['a cat'], AbortSignal.abort())).rejects.toMatchObject(
        aborted,
      );
    });

    it('refuses to work after it was disposed of', async () => {
      const encoder = await make();
      await encoder[Symbol.asyncDispose]();
      await expect(encoder.embedTexts(['a cat'])).rejects.toThrow('disposed');
      await expect(encoder.embedClips([drawn(encoder, 1)])).rejects.toThrow('disposed');
    });
  });
}

/** Pictures with a pattern of their own that moves. */
function drawn(
  { framesPerClip }: VideoTextEncoder,
  seed: number,
  { width, height } = { width: 80, height: 60 },
): ClipFrames {
  return Array.from({ length: framesPerClip }, (_, time): Picture => {
    const data = Uint8Array.from({ length: width * height * 3 }, (_, place) => {
      const [channel, pixel] = [place % 3, Math.floor(place / 3)];
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      const wave = Math.sin((x * seed + y * (channel + 1)) / 9 + time * seed);
      return Math.round(127.5 + 100 * wave * Math.cos(seed * (channel + 2)));
    });
    return { width, height, format: 'rgb24', data };
  });
}

/** NaN, which is neither near nor above nor below anything, where a vector is missing or short. */
function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array([Number.NaN])).reduce(
    (sum, value, index) => sum + value * (b?.[index] ?? Number.NaN),
    0,
  );
}
