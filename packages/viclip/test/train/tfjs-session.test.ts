import { describe, expect, it } from '@jest/globals';
import * as tf from '@tensorflow/tfjs-core';

import { manyProducts, reordered } from '../../src/backends/tfjs-matrices.js';
import { startTfjs } from '../../src/backends/tfjs-runtime.js';
import { onnxFile, type OnnxFile } from '../../src/onnx/onnx-file.js';
import { graphSession, type Numbers } from '../../src/train/graph-session.js';
import { readProgram } from '../../src/train/onnx-program.js';
import { seededValues } from '../../src/weights/seeded.js';

/** `[2, 3, 4]` */
const X: Numbers = { values: seededValues('x', 24, { amplitude: 3 }), sizes: [2, 3, 4] };
/** `[2, 4, 5]` */
const Y: Numbers = { values: seededValues('y', 40, { amplitude: 1 }), sizes: [2, 4, 5] };

function file(write: (file: OnnxFile) => string): Uint8Array {
  const made = onnxFile('test');
  made.input({ name: 'x', type: 'float32', shape: ['batch', 3, 4] });
  made.input({ name: 'y', type: 'float32', shape: ['batch', 4, 5] });
  made.node('Identity', [write(made)], { outputs: ['z'] });
  made.output({ name: 'z', type: 'float32', shape: ['batch', 'batch', 'batch'] });
  return made.toBytes();
}

const axis = (at: number): { readonly attributes: Record<string, { readonly int: number }> } => ({
  attributes: { axis: { int: at } },
});

/** Operators in forms that the graphs of small models do not have. */
const GRAPHS: Readonly<Record<string, (file: OnnxFile) => string>> = {
  'a softmax along the last axis but one': (f) => f.node('Softmax', ['x'], axis(1)),
  'its logarithm': (f) => f.node('LogSoftmax', ['x'], axis(-2)),
  'lengths of rows': (f) => f.node('ReduceL2', ['x', f.int64s([-1])]),
  'a sum of everything': (f) =>
    f.node('ReduceSum', ['x'], { attributes: { keepdims: { int: 0 } } }),
  'a mean over two axes': (f) => f.node('ReduceMean', ['x', f.int64s([0, 2])]),
  'many products': (f) => f.node('MatMul', ['x', 'y']),
  'zeros around a part': (f) => f.node('Pad', ['x', f.int64s([0, 1, 0, 1, 0, 2])]),
  'a part of two axes': (f) =>
    f.node('Slice', ['x', f.int64s([1, 2]), f.int64s([3, 4]), f.int64s([1, 2])]),
  'an empty part beside a whole': (f) => {
    const none = f.node('Slice', ['x', f.int64s([0]), f.int64s([0]), f.int64s([0])]);
    return f.node('Concat', ['x', none], axis(0));
  },
  'a size as a number': (f) => {
    const size = f.node('Shape', ['y'], { attributes: { start: { int: 1 }, end: { int: 2 } } });
    const number = f.node('Cast', [f.node('Squeeze', [size])], { attributes: { to: { int: 1 } } });
    return f.node('Div', ['x', number]);
  },
};

describe('a session on tfjs', () => {
  it.each(Object.keys(GRAPHS))('gives what onnxruntime gives for %s', async (name) => {
    const bytes = file(GRAPHS[name]!);
    const results = [];
    for (const engine of ['onnx', 'tfjs'] as const) {
      await using session = await graphSession(bytes, { engine });
      results.push((await session.run((input) => (input === 'x' ? X : Y))).get('z')!);
    }
    const [expected, found] = results;
    expect(found).toHaveLength(expected!.length);
    for (const [at, value] of found!.entries()) expect(value).toBeCloseTo(expected![at]!, 5);
  });

  it('leaves nothing behind, also where it failed', async () => {
    const bytes = file((f) => f.node('Add', ['x', f.node('Softmax', ['y'])]));
    const before = await startTfjs('cpu').then(() => tf.memory().numTensors);
    {
      await using session = await graphSession(bytes, { engine: 'tfjs' });
      await expect(session.run((input) => (input === 'x' ? X : Y))).rejects.toMatchObject({
        code: 'model-failed',
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses operators that it does not have, several threads and a processor that is not there', async () => {
    const bytes = file((f) => f.node('Tan', ['x']));
    const start = (options: object): Promise<unknown> =>
      graphSession(bytes, { engine: 'tfjs', ...options });
    await expect(start({})).rejects.toThrow('Tan has no operator in tfjs');
    await expect(start({ threads: 2 })).rejects.toThrow('options.threads must be 1');
    const right = file((f) => f.node('Neg', ['x']));
    await expect(graphSession(right, { engine: 'tfjs', provider: 'cuda' })).rejects.toMatchObject({
      code: 'missing-dependency',
      message: expect.stringContaining('npm install @tensorflow/tfjs-node-gpu'),
    });
  });
});

describe('readProgram', () => {
  it('says when each value is read for the last time', () => {
    const { nodes, inputs, outputs } = readProgram(
      file((f) => {
        const [twice, unread] = [f.node('Neg', ['x']), f.node('Neg', ['y'])];
        f.node('Sub', [twice, unread]);
        return f.node('Add', [twice, twice]);
      }),
    );
    expect({ inputs, outputs }).toEqual({ inputs: ['x', 'y'], outputs: ['z'] });
    expect(nodes.map(({ op, lastReadOf }) => [op, lastReadOf])).toEqual([
      ['Neg', ['x']],
      ['Neg', ['y']],
      ['Sub', ['step_1', 'step_2']],
      ['Add', ['step_0']],
      ['Identity', ['step_3']],
    ]);
  });
});

describe('what tfjs on WebAssembly is slow at', () => {
  it('comes out the same in another way', async () => {
    await startTfjs('cpu');
    tf.tidy(() => {
      const six = tf.tensor(seededValues('six', 720, { amplitude: 1 }), [2, 3, 2, 5, 3, 4]);
      for (const order of [
        [0, 2, 4, 1, 3, 5],
        [5, 4, 3, 2, 1, 0],
        [1, 2, 0, 5, 3, 4],
      ]) {
        const [plain, found] = [tf.transpose(six, order), reordered(six, order)];
        expect(found.shape).toEqual(plain.shape);
        expect(found.dataSync()).toEqual(plain.dataSync());
      }
      const [a, b] = [tf.tensor(X.values, [1, 2, 3, 4]), tf.tensor(Y.values, [1, 2, 4, 5])];
      const [plain, found] = [tf.matMul(a, b), manyProducts(a, b)];
      expect(found.shape).toEqual([1, 2, 3, 5]);
      const gap = tf.max(tf.abs(tf.sub(plain, found))).dataSync()[0];
      expect(gap).toBeLessThan(1e-5);
    });
  });
});
