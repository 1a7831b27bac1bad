import { sha256, type Embedding, type SampledFrame, type Store } from '@internvid/core';
import { encodeJpeg } from '@internvid/core/media';
import { memoryStore, runStage } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import { embedClips, type ClipToEmbed } from '../src/embed-clips.js';
import { framesNearMiddles } from '../src/preprocess/clip-pictures.js';
import { middleFrames } from '../src/preprocess/frame-choice.js';
import { scoreCaptions, type CaptionToScore } from '../src/score-captions.js';
import { colourEncoder } from './colour-encoder.js';
import { plain } from './shared-files.js';

const RED = [230, 20, 20] as const;
const BLUE = [20, 20, 230] as const;

/** A clip of as many seconds as there are colours, with a frame in the middle of each. */
async function clip(
  store: Store,
  id: string,
  colours: readonly (readonly [number, number, number])[],
): Promise<ClipToEmbed> {
  const frames: SampledFrame[] = [];
  for (const [index, colour] of colours.entries()) {
    const jpeg = await encodeJpeg(plain(colour, { width: 32, height: 24 }));
    const key = `frames/${id}-${index}.jpg`;
    await store.write(key, jpeg);
    const picture = { key, bytes: jpeg.length, sha256: sha256(jpeg), mediaType: 'image/jpeg' };
    const timeMs = index * 1000 + 500;
    frames.push({ id: `${id}_${timeMs}`, clip: id, timeMs, width: 32, height: 24, picture });
  }
  return { id, clip: { id, span: { startMs: 0, endMs: colours.length * 1000 } }, frames };
}

describe('embedClips', () => {
  it('keeps a vector of each clip as "video", in order, across batches', async () => {
    const store = memoryStore();
    const encoder = colourEncoder();
    const clips = [
      await clip(store, 'one', [RED, RED, RED]),
      await clip(store, 'two', [BLUE]),
      await clip(store, 'three', [RED, BLUE]),
      await clip(store, 'four', [BLUE, BLUE, BLUE, BLUE, BLUE]),
    ];
    const { outputs, kept } = await runStage(embedClips({ encoder }), clips, { store });
    expect(kept).toBe(4);
    expect(outputs.map(({ clip: id, of, by }) => [id, of, by])).toEqual(
      ['one', 'two', 'three', 'four'].map((id) => [id, 'video', encoder.producer]),
    );
    const [one, two, three, four] = outputs.map(({ vector }) => vector);
    expect(dot(one, two)).toBeLessThan(0.5);
    expect(dot(two, four)).toBeGreaterThan(0.999);
    // A clip that is red for one half and blue for the other lies between.
    expect(dot(three, one)).toBeCloseTo(dot(three, two), 2);
  });

  it('drops a clip without frames and fails one whose pictures are damaged, alone', async () => {
    const store = memoryStore();
    const good = await clip(store, 'good', [RED]);
    const bad = await clip(store, 'bad', [RED]);
    await store.write('frames/bad-0.jpg', new Uint8Array(bad.frames[0]!.picture.bytes));
    const none = { ...(await clip(store, 'none', [])), frames: [] };
    const stage = embedClips({ encoder: colourEncoder() });
    const { outputs, dropped, failed } = await runStage(stage, [bad, none, good], { store });
    expect(outputs.map(({ clip: id }) => id)).toEqual(['good']);
    expect(dropped).toEqual([{ id: 'none', reason: 'no-frames' }]);
    expect(failed).toEqual([{ id: 'bad', code: 'corrupt' }]);
  });

  it('has the encoder in its fingerprint', () => {
    const encoder = colourEncoder();
    expect(embedClips({ encoder }).config).toMatchObject({ encoder: encoder.producer });
  });
});

describe('framesNearMiddles', () => {
  it('is the published choice, but for two frames, where every frame is there', () => {
    for (let length = 8; length < 120; length++) {
      const times = Array.from({ length }, (_, index) => index * 40);
      const chosen = framesNearMiddles(8, { startMs: 0, endMs: length * 40 }, times);
      const published = middleFrames(8, length);
      for (const [place, index] of chosen.entries()) {
        expect(Math.abs(index - published[place]!)).toBeLessThanOrEqual(2);
      }
    }
  });

  it('lets few frames stand for the time around them', () => {
    const span = { startMs: 10_000, endMs: 13_000 };
    expect(framesNearMiddles(8, span, [10_500, 11_500, 12_500])).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
    expect(framesNearMiddles(8, span, [11_000])).toEqual(Array.from({ length: 8 }, () => 0));
    expect(() => framesNearMiddles(8, span, [])).toThrow(/no frame/);
  });
});

describe('scoreCaptions', () => {
  const encoder = colourEncoder();
  async function video(colour: readonly [number, number, number]): Promise<Embedding> {
    const [vector = new Float32Array()] = await encoder.embedClips([[plain(colour)]]);
    return { clip: 'clip', of: 'video', vector, by: encoder.producer };
  }
  const toScore = (id: string, text: string, of: Embedding, language = 'en'): CaptionToScore => ({
    id,
    caption: { clip: id, scale: 'fine', text, language },
    video: of,
  });

  it('gives the cosine of each caption with its clip', async () => {
    const red = await video(RED);
    const inputs = [
      toScore('a', 'Red.', red),
      toScore('b', 'Blue.', red),
      toScore('c', 'RED!', red),
    ];
    const { outputs } = await runStage(scoreCaptions({ encoder, batchSize: 2 }), inputs);
    expect(outputs.map(({ clip: id, name }) => [id, name])).toEqual(
      ['a', 'b', 'c'].map((id) => [id, 'viclip-similarity']),
    );
    const [right, wrong, loud] = outputs.map(({ value }) => value);
    const [text] = await encoder.embedTexts(['red']);
    expect(right).toBeCloseTo(dot(text, red.vector), 6);
    expect(right! - wrong!).toBeGreaterThan(0.5);
    expect(loud).toBe(right);
    expect(outputs[0]?.by.config).toEqual({ encoder: encoder.producer.config, caption: 'fine' });
  });

  it('drops what has no words or another language', async () => {
    const red = await video(RED);
    const inputs = [
      toScore('a', '...', red),
      toScore('b', '红', red, 'zh'),
      toScore('c', 'red', red, 'en-GB'),
    ];
    const { outputs, dropped } = await runStage(scoreCaptions({ encoder }), inputs);
    expect(outputs.map(({ clip: id }) => id)).toEqual(['c']);
    expect(dropped).toEqual([
      { id: 'a', reason: 'blank-caption' },
      { id: 'b', reason: 'language-not-supported' },
    ]);
  });

  it('does not compare vectors of two encoders', async () => {
    const red = { ...(await video(RED)), by: { ...encoder.producer, version: '2' } };
    const { failed } = await runStage(scoreCaptions({ encoder }), [toScore('a', 'red', red)]).catch(
      (error: unknown) => ({ failed: [{ code: (error as { code: string }).code }] }),
    );
    expect(failed).toMatchObject([{ code: 'invalid-config' }]);
  });
});

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  return (a ?? new Float32Array([Number.NaN])).reduce(
    (sum, value, place) => sum + value * (b?.[place] ?? Number.NaN),
    0,
  );
}
