import * as tf from '@tensorflow/tfjs-core';

import { startTfjs } from '../backends/tfjs-runtime.js';
import type { Provider } from '../backends/tower-messages.js';
import { failingAs, type GraphSession, type Numbers } from './graph-session.js';
import { readProgram, type Constant, type ProgramNode } from './onnx-program.js';
import { sizesOf, tfjsOperators, type Operands, type Value } from './tfjs-operators.js';

/**
 * Runs an ONNX graph of this package's writer on tfjs, node by node; what no later node reads is freed at once. The backend is that of
 * the whole process.
 *
 * @throws ToolkitError `missing-dependency`, `model-failed` where the backend does not start; RangeError for an operator that is
 * not there.
 */
export async function tfjsSession(bytes: Uint8Array, provider: Provider): Promise<GraphSession> {
  const { inputs, outputs, constants, nodes } = readProgram(bytes);
  const unknown = nodes.find(({ op }) => tfjsOperators[op] === undefined);
  if (unknown !== undefined) throw new RangeError(`${unknown.op} has no operator in tfjs.`);
  await startTfjs(provider);
  const held = new Map([...constants].map(([name, one]) => [name, constantValue(one)]));
  return {
    run: (given) =>
      failingAs('A training step failed', async () => {
        const values = new Map<string, Value>();
        try {
          for (const name of inputs) values.set(name, tensorOf(given(name)));
          for (const node of nodes) {
            const results = run(node, (name) => values.get(name) ?? held.get(name));
            for (const [at, result] of results.entries()) {
              values.set(node.outputs[at] ?? '', result);
            }
            for (const name of node.lastReadOf) {
              dispose(values.get(name));
              values.delete(name);
            }
          }
          return await read(outputs, values);
        } finally {
          values.forEach(dispose);
        }
      }),
    [Symbol.asyncDispose]() {
      held.forEach(dispose);
      return Promise.resolve();
    },
  };
}

function run(node: ProgramNode, find: (name: string) => Value | undefined): readonly Value[] {
  let results: readonly Value[] = [];
  tf.tidy(() => {
    const found = tfjsOperators[node.op]?.(operands(node, find)) ?? [];
    results = Array.isArray(found) ? (found as readonly Value[]) : [found as Value];
    return results.filter((result) => result instanceof tf.Tensor);
  });
  return results;
}

function operands(
  { op, inputs, outputs, attributes }: ProgramNode,
  find: (name: string) => Value | undefined,
): Operands {
  const value = (input: number): Value => {
    const found = find(inputs[input] ?? '');
    if (found === undefined) throw new RangeError(`${op} lacks its input ${input}.`);
    return found;
  };
  return {
    count: inputs.length,
    outputs: outputs.length,
    value,
    tensor(input) {
      const found = value(input);
      return 'wholes' in found ? tf.tensor([...found.wholes], [...found.sizes], 'int32') : found;
    },
    wholes(input) {
      const found = value(input);
      if ('wholes' in found) return found.wholes;
      throw new RangeError(`${op} reads sizes from a value of [${sizesOf(found).join(', ')}].`);
    },
    attribute: (name, otherwise) => Number(attributes.get(name) ?? otherwise),
    list: (name) => [attributes.get(name) ?? []].flat(),
  };
}

function tensorOf({ values, sizes }: Numbers): tf.Tensor {
  return tf.tensor(values, [...sizes], values instanceof Float32Array ? 'float32' : 'int32');
}

function constantValue(constant: Constant): Value {
  return 'reals' in constant ? tensorOf({ ...constant, values: constant.reals }) : constant;
}

function dispose(value: Value | undefined): void {
  if (value instanceof tf.Tensor) value.dispose();
}

async function read(
  names: readonly string[],
  values: ReadonlyMap<string, Value>,
): Promise<ReadonlyMap<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (const name of names) {
    const value = values.get(name);
    if (!(value instanceof tf.Tensor)) throw new RangeError(`The graph gave no ${name}.`);
    found.set(name, await value.data<'float32'>());
  }
  return found;
}
