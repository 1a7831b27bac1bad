import { runStage } from '@internvid/core/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  embedCaptions,
  universalSentenceEncoder,
  type CaptionText,
  type SentenceEncoder,
} from '../src/index.js';

function caption(id: string, text: string, language = 'en'): CaptionText {
  return { id, clip: `clip-${id}`, scale: 'fine', text, language };
}

describe('embedCaptions', () => {
  let encoder: SentenceEncoder;
  beforeAll(async () => {
    encoder = await universalSentenceEncoder();
  });
  afterAll(async () => encoder[Symbol.asyncDispose]());

  it('keeps the vector of each caption under its clip and scale, in order, across batches', async () => {
    const captions = ['A ship sails.', 'A cat yawns.', 'Rain falls.'].map((text, index) =>
      caption(String(index), text),
    );
    const { outputs, kept } = await runStage(embedCaptions({ encoder, batchSize: 2 }), captions);
    const vectors = await encoder.embedTexts(captions.map(({ text }) => text));
    expect(kept).toBe(3);
    expect(outputs.map(({ clip, of }) => [clip, of])).toEqual(
      captions.map(({ clip }) => [clip, 'caption-fine']),
    );
    for (const [index, { vector, by }] of outputs.entries()) {
      expect(by).toEqual(encoder.producer);
      expect(vector[0]).toBeCloseTo(vectors[index]?.[0] ?? Number.NaN, 5);
    }
  });

  it('drops blank captions and languages that the encoder does not know, and embeds the others', async () => {
    const captions = [
      caption('a', ' '),
      caption('b', '一只狗', 'zh-Hans'),
      caption('c', 'A dog.', 'en-GB'),
    ];
    const { outputs, dropped } = await runStage(embedCaptions({ encoder }), captions);
    expect(outputs.map(({ clip }) => clip)).toEqual(['clip-c']);
    expect(dropped).toEqual([
      { id: 'a', reason: 'blank-caption' },
      { id: 'b', reason: 'language-not-supported' },
    ]);
  });

  it('has the encoder in its fingerprint', () => {
    expect(embedCaptions({ encoder }).config).toEqual({ encoder: encoder.producer, batchSize: 64 });
  });
});
