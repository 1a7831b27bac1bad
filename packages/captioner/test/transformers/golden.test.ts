import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { clipEmbedder } from '../../src/transformers/clip-embedder.js';
import { modelProcess } from '../../src/transformers/model-process.js';
import { placeModel } from '../../src/transformers/model-source.js';
import { describeWith, sharedJson, TINY_MODELS } from './shared-models.js';

const signal = new AbortController().signal;
const picture = (path: string): Uint8Array => new Uint8Array(readFileSync(join(TINY_MODELS, path)));
const tiny = (name: string): string => join(TINY_MODELS, name);

type Captions = {
  cases: { image: string; generated_text: string; generated_text_q8: string }[];
};
type Chats = {
  cases: { images: string[]; question: string; generated_ids: number[] }[];
};
type Clip = {
  texts: string[];
  images: string[];
  text_embeds: number[][];
  image_embeds: number[][];
  cosine_text_by_image: number[][];
};

describeWith(
  'golden/tiny-models',
  'models of the hub layout, against their published outputs',
  () => {
    it.each(['fp32', 'q8'])('captions pictures word for word (%s)', async (dtype) => {
      const { cases } = sharedJson('golden/tiny-models/tiny-vit-gpt2.expected.json') as Captions;
      const place = await placeModel({ model: tiny('tiny-vit-gpt2'), dtype });
      await using model = await modelProcess({ kind: 'image-to-text', place });
      for (const { image, generated_text, generated_text_q8 } of cases) {
        const answer = await model.ask(
          { picture: picture(image), maxNewTokens: 20, attempt: 0 },
          signal,
        );
        expect(answer.text).toBe(dtype === 'q8' ? generated_text_q8 : generated_text);
      }
    });

    it('writes otherwise at later tries, and alike on every run', async () => {
      const place = await placeModel({ model: tiny('tiny-idefics3') });
      await using model = await modelProcess({ kind: 'vision-chat', place });
      const parts = [
        { kind: 'picture' as const, picture: picture('images/red_circle_grey.png') },
        { kind: 'text' as const, text: 'What is in the picture?' },
      ];
      const tokens: (readonly number[])[] = [];
      for (const attempt of [0, 1, 2, 2, 0])
        tokens.push((await model.ask({ parts, maxNewTokens: 12, attempt }, signal)).tokens);
      const [first, second, third, thirdAgain, firstAgain] = tokens;
      expect(new Set([first, second, third].map(String)).size).toBe(3);
      expect(thirdAgain).toEqual(third);
      expect(firstAgain).toEqual(first);
    });

    it('answers about one and several pictures token for token', async () => {
      const { cases } = sharedJson('golden/tiny-models/tiny-idefics3.expected.json') as Chats;
      const place = await placeModel({ model: tiny('tiny-idefics3') });
      await using model = await modelProcess({ kind: 'vision-chat', place });
      for (const { images, question, generated_ids } of cases) {
        const pictures = images.map((image) => ({
          kind: 'picture' as const,
          picture: picture(image),
        }));
        const parts = [...pictures, { kind: 'text' as const, text: question }];
        const answer = await model.ask({ parts, maxNewTokens: 12, attempt: 0 }, signal);
        expect(answer.tokens).toEqual(generated_ids);
      }
    });

    it('embeds texts and pictures to within 2e-5 of 64-bit arithmetic', async () => {
      const expected = sharedJson('golden/tiny-models/tiny-clip.expected.json') as Clip;
      const place = await placeModel({ model: tiny('tiny-clip') });
      await using model = await modelProcess({ kind: 'clip', place });
      const texts = await model.ask({ texts: expected.texts }, signal);
      const pictures = await model.ask({ pictures: expected.images.map(picture) }, signal);
      expect(furthest(texts.vectors, expected.text_embeds)).toBeLessThan(2e-5);
      expect(furthest(pictures.vectors, expected.image_embeds)).toBeLessThan(2e-5);
    });

    it('gives vectors whose dot products are the published cosines', async () => {
      const expected = sharedJson('golden/tiny-models/tiny-clip.expected.json') as Clip;
      await using embedder = await clipEmbedder({ model: tiny('tiny-clip') });
      const texts = await embedder.embedTexts(expected.texts, signal);
      const pictures = await embedder.embedPictures(expected.images.map(picture), signal);
      const cosines = texts.map((text) =>
        pictures.map((other) => Float32Array.of(dot(text, other))),
      );
      cosines.forEach((row, at) =>
        expect(
          furthest(
            row,
            expected.cosine_text_by_image[at]!.map((value) => [value]),
          ),
        ).toBeLessThan(1e-5),
      );
    });
  },
);

function furthest(vectors: readonly Float32Array[], expected: readonly number[][]): number {
  expect(vectors.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  return Math.max(
    ...vectors.flatMap((vector, at) =>
      Array.from(vector, (value, place) => Math.abs(value - expected[at]![place]!)),
    ),
  );
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
