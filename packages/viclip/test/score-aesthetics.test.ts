import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sha256, type SampledFrame, type Store } from '@internvid/core';
import { memoryStore, runStage } from '@internvid/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import { loadAestheticHead } from '../src/aesthetic-head.js';
import type { ClipToEmbed } from '../src/embed-clips.js';
import type { VideoTextEncoder } from '../src/encoder.js';
import { PREPROCESSINGS, preprocess } from '../src/preprocess/preprocess.js';
import { scoreAesthetics } from '../src/score-aesthetics.js';
import { colourEncoder } from './colour-encoder.js';
import { describeWith, shared, sharedJson } from './shared-files.js';

const TINY = 'golden/tiny-models';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'head-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A predictor in a file. */
async function head(
  weight: readonly number[],
  bias: number,
  shape = [1, weight.length],
): Promise<string> {
  const bytes = weight.length * 4;
  const header = JSON.stringify({
    weight: { dtype: 'F32', shape, data_offsets: [0, bytes] },
    bias: { dtype: 'F32', shape: [1], data_offsets: [bytes, bytes + 4] },
  });
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(header.length));
  const path = join(folder, 'head.safetensors');
  await writeFile(path, [
    start,
    Buffer.from(header),
    new Uint8Array(Float32Array.of(...weight, bias).buffer),
  ]);
  return path;
}

async function clipOf(
  store: Store,
  id: string,
  pictures: readonly Uint8Array[],
): Promise<ClipToEmbed> {
  const frames: SampledFrame[] = [];
  for (const [index, bytes] of pictures.entries()) {
    const key = `${id}-${index}.png`;
    await store.write(key, bytes);
    const picture = { key, bytes: bytes.length, sha256: sha256(bytes), mediaType: 'image/png' };
    const timeMs = index * 1000 + 500;
    frames.push({ id: key, clip: id, timeMs, width: 64, height: 64, picture });
  }
  return {
    id,
    clip: { id, span: { startMs: 0, endMs: Math.max(1, pictures.length) * 1000 } },
    frames,
  };
}

describeWith(TINY, 'scoreAesthetics on an image CLIP', () => {
  it('is the best mark of four pictures, as worked out from the reference vectors', async () => {
    const { images, image_embeds } = sharedJson(`${TINY}/tiny-clip.expected.json`) as {
      readonly images: readonly string[];
      readonly image_embeds: readonly (readonly number[])[];
    };
    const weight = Array.from({ length: 32 }, (_, place) => Math.sin(place) * 3);
    const predictor = await loadAestheticHead(await head(weight, 5.25));
    const marks = image_embeds.map((vector) => {
      const length = Math.hypot(...vector);
      return vector.reduce((sum, value, place) => sum + (value / length) * weight[place]!, 5.25);
    });
    const pictures = await Promise.all(images.map((image) => readFile(shared(`${TINY}/${image}`))));
    const store = memoryStore();
    const clips = [
      await clipOf(store, 'all', pictures),
      await clipOf(store, 'one', pictures.slice(2, 3)),
      await clipOf(store, 'none', []),
    ];
    const encoder = await tinyClip();
    const stage = scoreAesthetics({ encoder, head: predictor });
    const { outputs, dropped } = await runStage(stage, clips, { store });
    expect(outputs.map(({ clip, name }) => [clip, name])).toEqual([
      ['all', 'aesthetic'],
      ['one', 'aesthetic'],
    ]);
    // The vectors hold to 2e-5 (README of the reference), the weights add up to some 60.
    expect(outputs[0]!.value).toBeCloseTo(Math.max(...marks), 3);
    expect(outputs[1]!.value).toBeCloseTo(marks[2]!, 3);
    expect(outputs[0]!.by.config).toMatchObject({
      head: predictor.sha256,
      encoder: encoder.producer,
    });
    expect(dropped).toEqual([{ id: 'none', reason: 'no-frames' }]);
  });
});

describe('the predictor', () => {
  it('is known by its hash', async () => {
    const path = await head([1, 2, 3], 0.5);
    const hash = sha256(await readFile(path));
    const found = await loadAestheticHead(path, hash);
    expect(found).toEqual({ weight: Float32Array.of(1, 2, 3), bias: 0.5, sha256: hash });
    await expect(loadAestheticHead(path, 'f'.repeat(64))).rejects.toThrow(`not ${'f'.repeat(64)}`);
  });

  it('is refused when it is another thing, or made for other vectors', async () => {
    await expect(loadAestheticHead(await head([1, 2, 3], 0, [3, 1]))).rejects.toThrow(
      /no linear predictor: it has weight \[3, 1\]/,
    );
    const predictor = await loadAestheticHead(await head([1, 2, 3], 0));
    expect(() => scoreAesthetics({ encoder: colourEncoder(), head: predictor })).toThrow(
      /vectors of 3 numbers; colours makes 16/,
    );
  });
});

/** The picture side of the reference CLIP, run as it was exported. */
async function tinyClip(): Promise<VideoTextEncoder> {
  const model = await readFile(shared(`${TINY}/tiny-clip/onnx/vision_model.onnx`));
  const session = await InferenceSession.create(model);
  return colourEncoder({
    dimension: 32,
    frameSize: 64,
    embedClips: async (clips) => {
      const values = preprocess(clips.flat(), 64, PREPROCESSINGS.clip);
      const feeds = { pixel_values: new Tensor('float32', values, [clips.length, 3, 64, 64]) };
      const { image_embeds } = await session.run(feeds);
      const rows = image_embeds!.data as Float32Array;
      return clips.map((_, row) => {
        const vector = rows.slice(row * 32, (row + 1) * 32);
        const length = Math.hypot(...vector);
        return vector.map((value) => value / length);
      });
    },
  });
}
