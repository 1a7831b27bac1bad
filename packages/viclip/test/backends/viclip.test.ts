import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { onnxViclip } from '../../src/backends/onnx.js';
import { tfjsViclip } from '../../src/backends/tfjs.js';
import type { ClipFrames } from '../../src/encoder.js';
import { writeModelFolder } from '../../src/onnx/model-folder.js';
import { describeVideoTextEncoder } from '../../src/testing.js';
import { seededWeights } from '../../src/weights/seeded.js';
import { angle } from '../golden/check.js';
import { byteTokenizer, SMALL } from '../small-model.js';
import { plain } from '../shared-files.js';
import { workplace } from '../weights/drawn-files.js';

const folder = await workplace();
const [model, int8] = [join(folder.path, 'fp32'), join(folder.path, 'int8')];
const base = { model, tokenizer: byteTokenizer };

beforeAll(async () => {
  await writeModelFolder(seededWeights(SMALL), model);
  await writeModelFolder(seededWeights(SMALL), int8, { precision: 'int8' });
});
afterAll(async () => folder[Symbol.asyncDispose]());

describeVideoTextEncoder('onnxViclip', () => onnxViclip(base));
describeVideoTextEncoder('tfjsViclip', () => tfjsViclip(base));

const CLIP: ClipFrames = [
  [200, 30, 40],
  [20, 30, 40],
  [90, 180, 3],
  [7, 255, 128],
].map((colour) => plain(colour as [number, number, number]));

describe('onnxViclip and tfjsViclip', () => {
  it('give the same vectors for clips, pictures and texts', async () => {
    await using onnx = await onnxViclip(base);
    await using tfjs = await tfjsViclip(base);
    const clips = [CLIP, CLIP.slice(1, 2), CLIP.toReversed()];
    const [a, b] = [await onnx.embedClips(clips), await tfjs.embedClips(clips)];
    for (const [place, vector] of a.entries()) expect(angle(vector, b[place]!)).toBeLessThan(1e-10);
    const texts = ['a dog', 'a much longer text about two dogs'];
    const [c, d] = [await onnx.embedTexts(texts), await tfjs.embedTexts(texts)];
    for (const [place, vector] of c.entries()) expect(angle(vector, d[place]!)).toBeLessThan(1e-10);
  });
});

describe('onnxViclip', () => {
  it('names its weights and settings, and what it runs on', async () => {
    await using encoder = await onnxViclip({ ...base, threads: 1, cleansTexts: true });
    expect(encoder.producer).toEqual({
      name: 'viclip',
      version: '1',
      config: {
        weights: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
        precision: 'fp32',
        runtime: 'onnxruntime-node@1.30.0',
        provider: 'cpu',
        preprocessing: 'viclip',
        cleansTexts: true,
      },
    });
    expect(encoder.runtime).toEqual({
      library: 'onnxruntime-node@1.30.0',
      provider: 'cpu',
      threads: 1,
    });
    expect(encoder).toMatchObject({ framesPerClip: 4, frameSize: 32, dimension: 24 });
  });

  it('takes as many clips at once as their steps fit into memory', async () => {
    await using encoder = await onnxViclip({ ...base, batchBytes: 1 });
    expect(encoder.maxBatch).toBe(1);
  });

  it('gives a clip the same bytes in 8 bits whatever stands beside it', async () => {
    await using encoder = await onnxViclip({ ...base, model: int8 });
    const [, together] = await encoder.embedClips([CLIP.toReversed(), CLIP]);
    expect((await encoder.embedClips([CLIP]))[0]).toEqual(together);
  });

  it('cleans texts where it is asked to', async () => {
    await using plainly = await onnxViclip(base);
    await using cleaning = await onnxViclip({ ...base, cleansTexts: true });
    const [clean] = await plainly.embedTexts(['a dog']);
    expect(await cleaning.embedTexts(['A (dog)!'])).toEqual([clean]);
  });

  it('refuses a folder that is no model, a tokenizer of another model and threads that are none', async () => {
    await expect(onnxViclip({ ...base, model: folder.path })).rejects.toMatchObject({
      code: 'not-found',
    });
    const tokenizer = { ...byteTokenizer, vocabularySize: 49_408 };
    await expect(onnxViclip({ ...base, tokenizer })).rejects.toMatchObject({
      code: 'invalid-config',
    });
    await expect(onnxViclip({ ...base, threads: 1.5 })).rejects.toThrow(RangeError);
  });

  it('says that a processor is not there instead of taking another', async () => {
    // Where there is one, it must start.
    const started = await onnxViclip({ ...base, provider: 'cuda' }).catch(
      (error: unknown) => error,
    );
    if (started instanceof Error) expect(started).toMatchObject({ code: 'missing-dependency' });
    else expect(started).toMatchObject({ runtime: { provider: 'cuda' } });
  });

  it('stops waiting at an abort in the middle and goes on working', async () => {
    await using encoder = await onnxViclip(base);
    const control = new AbortController();
    const clips = Array.from({ length: encoder.maxBatch }, () => CLIP);
    const failure = encoder.embedClips(clips, control.signal);
    control.abort();
    await expect(failure).rejects.toMatchObject({ name: 'AbortError' });
    expect((await encoder.embedClips([CLIP])).length).toBe(1);
  });
});

describe('tfjsViclip', () => {
  it('refuses a model in 8 bits and a missing graphics processor', async () => {
    await expect(tfjsViclip({ ...base, model: int8 })).rejects.toMatchObject({
      code: 'invalid-config',
    });
    await expect(tfjsViclip({ ...base, provider: 'cuda' })).rejects.toMatchObject({
      code: 'missing-dependency',
    });
  });
});
