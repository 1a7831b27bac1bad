import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import { modelFiles, readModelFolder, writeModelFolder } from '../../src/onnx/model-folder.js';
import { levelsOf, scalesOf } from '../../src/onnx/quantise.js';
import { openWeights } from '../../src/weights/open-weights.js';
import { seededValues, seededWeights } from '../../src/weights/seeded.js';
import { angle } from '../golden/check.js';
import { SMALL } from '../small-model.js';
import { workplace } from '../weights/drawn-files.js';

const { frames, image } = SMALL.vision;
const CLIP = seededValues('clip', frames * 3 * image * image, { amplitude: 2 });
const TOKENS = Int32Array.from({ length: SMALL.text.context }, (_, at) =>
  at < 5 ? at + 7 : at === 5 ? 255 : 0,
);

async function outputOf(directory: string, file: 'vision' | 'text'): Promise<Float32Array> {
  const session = await InferenceSession.create(join(directory, modelFiles[file]), {
    logSeverityLevel: 3,
  });
  const feeds =
    file === 'text'
      ? { tokens: new Tensor('int32', TOKENS, [1, TOKENS.length]) }
      : { frames: new Tensor('float32', CLIP, [1, frames, 3, image, image]) };
  const results = await session.run(feeds);
  await session.release();
  return results[session.outputNames[0] ?? '']?.data as Float32Array;
}

describe('writeModelFolder', () => {
  // Half precision rounds each step to 11 bits; 8 bits keep a few parts in a hundred of each number.
  it.each([
    ['fp16', 1e-5],
    ['int8', 1e-2],
  ] as const)('gives in %s nearly the vectors of fp32', async (precision, limit) => {
    await using folder = await workplace();
    const [exact, small] = [join(folder.path, 'fp32'), join(folder.path, precision)];
    await writeModelFolder(seededWeights(SMALL), exact);
    await writeModelFolder(seededWeights(SMALL), small, { precision });
    for (const file of ['vision', 'text'] as const) {
      const gap = angle(await outputOf(small, file), await outputOf(exact, file));
      expect(gap).toBeGreaterThan(0);
      expect(gap).toBeLessThan(limit);
    }
  });

  it('gives the same with attention in one node and in steps', async () => {
    await using folder = await workplace();
    const [fused, steps] = [join(folder.path, 'fused'), join(folder.path, 'steps')];
    await writeModelFolder(seededWeights(SMALL), fused);
    await writeModelFolder(seededWeights(SMALL), steps, { attention: 'steps' });
    for (const file of ['vision', 'text'] as const) {
      expect(angle(await outputOf(fused, file), await outputOf(steps, file))).toBeLessThan(1e-10);
    }
  });

  it('keeps its weights as a whole checkpoint', async () => {
    await using folder = await workplace();
    await writeModelFolder(seededWeights(SMALL), folder.path);
    await using weights = await openWeights(join(folder.path, modelFiles.weights));
    expect(weights.config).toEqual(SMALL);
    const name = 'vision_encoder.conv1.weight';
    expect(await weights.read(name)).toEqual(await seededWeights(SMALL).read(name));
  });

  it('writes the same bytes each time', async () => {
    await using folder = await workplace();
    const written = [];
    for (const name of ['a', 'b']) {
      const directory = join(folder.path, name);
      await writeModelFolder(seededWeights(SMALL), directory, { precision: 'int8' });
      written.push(
        await Promise.all(Object.values(modelFiles).map((file) => readFile(join(directory, file)))),
      );
    }
    expect(written[1]).toEqual(written[0]);
  });
});

describe('readModelFolder', () => {
  it('refuses a folder that was not finished, and one that says nonsense', async () => {
    await using folder = await workplace();
    await writeModelFolder(seededWeights(SMALL), folder.path);
    expect(await readModelFolder(folder.path)).toMatchObject({ config: SMALL, precision: 'fp32' });
    const path = join(folder.path, modelFiles.about);
    const about = JSON.parse(await readFile(path, 'utf8')) as {
      config: { vision: { heads: number } };
    };
    about.config.vision.heads = 5;
    for (const text of [JSON.stringify(about), '{}', 'null', '{"format"']) {
      await writeFile(path, text);
      await expect(readModelFolder(folder.path)).rejects.toMatchObject({ code: 'corrupt' });
    }
    await rm(path);
    await expect(readModelFolder(folder.path)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('quantisation', () => {
  it.each(['out-in', 'in-out'] as const)(
    'keeps every weight of an [%s] matrix within half a level',
    (layout) => {
      const [inputs, outputs] = [37, 50];
      const values = seededValues('matrix', inputs * outputs, { amplitude: 3 });
      const matrix = { values, inputs, outputs, layout };
      const [levels, scales] = [levelsOf(matrix), scalesOf(matrix)];
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++) {
          const weight =
            values[layout === 'out-in' ? output * inputs + input : input * outputs + output]!;
          const found = levels[input * outputs + output]! * scales[output]!;
          expect(Math.abs(found - weight)).toBeLessThanOrEqual(scales[output]! * 0.5001);
        }
      }
    },
  );

  it('leaves an output without weights at zero', () => {
    const matrix = {
      values: new Float32Array(6),
      inputs: 3,
      outputs: 2,
      layout: 'out-in' as const,
    };
    expect([...levelsOf(matrix)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...scalesOf(matrix)]).toEqual([1, 1]);
  });
});
