import { createRequire } from 'node:module';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { onnxModel } from '../../src/backends/onnx-model.js';
import { tfjsModel, tfjsOnGpu, type Tensorflow } from '../../src/backends/tfjs-model.js';
import { convertedModel } from '../../src/models/model-cache.js';
import type { Tensor } from '../../src/tensor-model.js';

const require = createRequire(import.meta.url);
const MODELS = join(dirname(require.resolve('@vladmandic/human')), '..', 'models');
const OUTPUTS = ['Identity', 'Identity_1', 'Identity_2', 'Identity_3'];
const PATH = join(MODELS, 'blazeface.json');
// As one module has it that offers all parts; on the processor, where it gives what it gives on a GPU.
const TENSORFLOW = { ...tf, loadGraphModel } as unknown as Tensorflow;

const pattern: Tensor = {
  data: Float32Array.from(
    { length: 256 * 256 * 3 },
    (_, i) => Math.sin(i * 0.013) * Math.cos(i * 0.00021),
  ),
  shape: [1, 256, 256, 3],
};

/** A head on a body with two legs, `height` pixels high, whole levels of 0 to 255. */
function figure(height: number): Tensor {
  const data = Float32Array.from({ length: 192 * 192 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 192, Math.floor(i / 576)];
    const [across, down] = [Math.abs(x - 96) / height, (y - 96) / height + 0.5];
    const head = Math.hypot(across, down - 0.08) < 0.07;
    const body = down > 0.16 && down < 0.55 && across < 0.12;
    const legs = down >= 0.55 && down < 1 && across > 0.02 && across < 0.09;
    return head ? 210 : body ? 40 : legs ? 90 : 150 + (i % 3) * 20;
  });
  return { data, shape: [1, 192, 192, 3] };
}

let cacheDirectory: string;

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'tfjs-model-'));
  setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  await tf.setBackend('wasm');
});

afterAll(() => rm(cacheDirectory, { recursive: true }));

describe('tfjsModel', () => {
  it('answers as the same network does after its translation', async () => {
    const here = await tfjsModel(TENSORFLOW, { path: PATH, outputs: OUTPUTS });
    const converted = await convertedModel({ source: PATH, outputs: OUTPUTS, cacheDirectory });
    const there = await onnxModel(converted);
    const [ours, theirs] = [await here.runAll(pattern), await there.runAll(pattern)];
    expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
    for (const [at, { data }] of ours.entries()) {
      const differences = data.map((value, i) => Math.abs(value - theirs[at]!.data[i]!));
      expect(Math.max(...differences)).toBeLessThan(2e-3);
    }
    expect(await here.run(pattern)).toEqual(ours[0]);
  });

  it('answers as MoveNet does after its translation, to a fraction of a pixel', async () => {
    const source = join(MODELS, 'movenet-lightning.json');
    const outputs = ['Identity'];
    const here = await tfjsModel(TENSORFLOW, { path: source, outputs });
    const there = await onnxModel(await convertedModel({ source, outputs, cacheDirectory }));
    for (const side of [40, 90, 130]) {
      const picture = figure(side);
      const [ours, theirs] = [await here.run(picture), await there.run(picture)];
      expect(ours.shape).toEqual([1, 1, 17, 3]);
      expect(theirs.shape).toEqual(ours.shape);
      const differences = ours.data.map((value, i) => Math.abs(value - theirs.data[i]!));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  });

  it('leaves no tensor behind, also where the network refuses', async () => {
    const model = await tfjsModel(TENSORFLOW, { path: PATH, outputs: OUTPUTS });
    await model.runAll(pattern);
    const before = tf.memory().numTensors;
    await model.runAll(pattern);
    expect(tf.memory().numTensors).toBe(before);
    const wrong = { data: new Float32Array(12), shape: [1, 2, 2, 3] };
    await expect(model.run(wrong)).rejects.toThrow(/blazeface.json failed on an input of 1 x 2/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names a model that is not there', async () => {
    await expect(tfjsModel(TENSORFLOW, { path: 'none.json', outputs: [] })).rejects.toThrow(
      'The model none.json cannot be read',
    );
  });
});

describe('tfjsOnGpu', () => {
  it('says what to install', async () => {
    await expect(tfjsOnGpu()).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('npm install @tensorflow/tfjs-node-gpu@4.22.0'),
    });
  });
});
