import type { SentenceEncoder } from './encoder.js';
import type { Runner } from './video-text-suite.js';

export { describeVideoTextEncoder } from './video-text-suite.js';

/** What every `SentenceEncoder` must do. `make` gives a new one for each test, which disposes of it. */
export function describeSentenceEncoder(name: string, make: () => Promise<SentenceEncoder>): void {
  const { describe, it, expect } = globalThis as unknown as Runner;

  describe(`${name} as a sentence encoder`, () => {
    it('gives one vector of unit length for each text, in their order', async () => {
      await using encoder = await make();
      const texts = [
        'A dog runs on the beach.',
        'Someone slices an onion.',
        'A dog runs on the beach.',
      ];
      const vectors = await encoder.embedTexts(texts);
      expect(vectors.map((vector) => vector.length)).toEqual(texts.map(() => encoder.dimension));
      for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4);
      const [dog, onion, again] = vectors;
      expect(dot(dog, again)).toBeCloseTo(1, 4);
      expect(dot(dog, onion)).toBeLessThan(0.9);
    });

    it('puts sentences of one meaning closer together than others', async () => {
      await using encoder = await make();
      const texts = [
        'A man plays the guitar.',
        'Someone is strumming a guitar.',
        'Snow falls on the mountains.',
      ];
      const [guitar, strumming, snow] = await encoder.embedTexts(texts);
      expect(dot(guitar, strumming)).toBeGreaterThan(dot(guitar, snow));
    });

    it('gives the same bytes for the same call', async () => {
      await using encoder = await make();
      const texts = ['A train leaves the station.', 'Two people talk.'];
      expect(await encoder.embedTexts(texts)).toEqual(await encoder.embedTexts(texts));
    });

    it('answers calls made at once, each with its own vectors', async () => {
      await using encoder = await make();
      const calls = [['A cat sleeps.'], ['A plane lands.'], ['A cat sleeps.']];
      const [cat, plane, again] = await Promise.all(
        calls.map((texts) => encoder.embedTexts(texts)),
      );
      expect(again).toEqual(cat);
      expect(dot(cat?.[0], plane?.[0])).toBeLessThan(0.9);
    });

    it('gives nothing for no texts', async () => {
      await using encoder = await make();
      expect(await encoder.embedTexts([])).toEqual([]);
    });

    it('refuses a blank text by its place', async () => {
      await using encoder = await make();
      await expect(encoder.embedTexts(['A cat.', ' \n'])).rejects.toThrow(/texts\[1\]/);
    });

    it('stops at an abort', async () => {
      await using encoder = await make();
      await expect(encoder.embedTexts(['A cat.'], AbortSignal.abort())).rejects.toMatchObject({
        name: 'AbortError',
      });
    });

    it('refuses to work after it was disposed of', async () => {
      const encoder = await make();
      await encoder[Symbol.asyncDispose]();
      await expect(encoder.embedTexts(['A cat.'])).rejects.toThrow(/disposed/);
    });
  });
}

/** NaN, which is neither near nor above nor below anything, where a vector is missing or short. */
function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array([Number.NaN])).reduce(
    (sum, value, index) => sum + value * (b?.[index] ?? Number.NaN),
    0,
  );
}
export { seededWeights } from './weights/seeded.js';
export { writeModelFolder } from './onnx/model-folder.js';
