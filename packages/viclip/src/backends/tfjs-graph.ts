import * as tf from '@tensorflow/tfjs-core';

import { lastReaders, sizesOf, type Graph, type Node } from '../model/graph.js';
import { gatherRows, manyProducts, reordered, swapLast } from './tfjs-matrices.js';

/** Runs a graph on whatever backend tfjs has. */
export interface TfjsGraph extends Disposable {
  /**
   * @param inputs by name; they stay the caller's.
   * @param keep names of steps that are wanted besides the result, which is under the output's name. The caller disposes of them.
   */
  run(
    inputs: ReadonlyMap<string, tf.Tensor>,
    keep?: readonly string[],
  ): ReadonlyMap<string, tf.Tensor>;
}

/** Reads the numbers of a parameter. */
export type ReadParameter = (key: string) => Promise<Float32Array>;

/**
 * Loads the parameters of a graph into tfjs. Matrices stored `[out, in]` are turned once: tfjs on WebAssembly multiplies by a
 * transposed matrix ten times slower.
 */
export async function tfjsGraph(graph: Graph, read: ReadParameter): Promise<TfjsGraph> {
  const last = lastReaders(graph);
  const parameters = new Map<number, tf.Tensor>();
  const matrices = new Map<number, tf.Tensor>();
  for (const [place, { operation, shape }] of graph.nodes.entries()) {
    if (operation.kind !== 'weight') continue;
    const values = await read(operation.key);
    const sizes = sizesOf(shape, 1) as number[];
    if (isMatrixOnly(graph, place))
      matrices.set(
        place,
        tf.tensor2d(turned(values, sizes), [...sizes].reverse() as [number, number]),
      );
    else parameters.set(place, tf.tensor(values, sizes));
  }
  const isReady = prepare(graph, parameters, matrices);

  return {
    run(inputs, keep = []) {
      const values = new Map<number, tf.Tensor>(parameters);
      const kept = new Map<string, tf.Tensor>();
      const wanted = new Set([...keep, graph.nodes[graph.output]?.name ?? '']);
      for (const [place, node] of graph.nodes.entries()) {
        const ready = parameters.get(place);
        if (ready !== undefined && wanted.has(node.name)) kept.set(node.name, ready.clone());
        if (isReady(place)) continue;
        const value = compute(node, { inputs, values, matrices });
        values.set(place, value);
        if (wanted.has(node.name)) kept.set(node.name, value.clone());
        for (const input of new Set([place, ...node.inputs])) {
          if (last[input] !== place || isReady(input)) continue;
          values.get(input)?.dispose();
          values.delete(input);
        }
      }
      values.forEach((value, place) => isReady(place) || value.dispose());
      return kept;
    },
    [Symbol.dispose]() {
      tf.dispose([...parameters.values(), ...matrices.values()]);
    },
  };
}

/** Whether a weight is only ever the `[out, in]` matrix of linear layers: it is turned before tfjs gets it, which saves a copy there. */
function isMatrixOnly(graph: Graph, place: number): boolean {
  return graph.nodes.every(({ operation, inputs }) =>
    inputs.every(
      (input, index) =>
        input !== place ||
        (index === 1 && operation.kind === 'linear' && operation.layout === 'out-in'),
    ),
  );
}

function turned(values: Float32Array, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return result;
}

/**
 * Computes what comes from the weights alone, and frees the weights that nothing else reads.
 *
 * @returns whether a place needs no more computing.
 */
function prepare(
  graph: Graph,
  parameters: Map<number, tf.Tensor>,
  matrices: Map<number, tf.Tensor>,
): (place: number) => boolean {
  for (const [place, node] of graph.nodes.entries()) {
    const { operation, inputs } = node;
    if (inputs.length > 0 && inputs.every((input) => parameters.has(input))) {
      const scope = { inputs: new Map(), values: parameters, matrices };
      parameters.set(place, compute(node, scope));
    }
    const weight = inputs[1] ?? -1;
    if (operation.kind === 'linear' && operation.layout === 'out-in' && !matrices.has(weight)) {
      matrices.set(weight, tf.transpose(valueAt(parameters, weight)));
    }
  }
  const ready = new Set([...parameters.keys(), ...matrices.keys()]);
  const isRead = (place: number): boolean =>
    graph.nodes.some(({ inputs }, at) =>
      inputs.some(
        (input, index) =>
          input === place && !ready.has(at) && !(index === 1 && matrices.has(place)),
      ),
    );
  for (const [place, value] of parameters) {
    if (isRead(place)) continue;
    value.dispose();
    parameters.delete(place);
  }
  return (place) => ready.has(place);
}

type Scope = {
  readonly inputs: ReadonlyMap<string, tf.Tensor>;
  readonly values: ReadonlyMap<number, tf.Tensor>;
  readonly matrices: ReadonlyMap<number, tf.Tensor>;
};

function compute(node: Node, scope: Scope): tf.Tensor {
  return tf.tidy(() => operate(node, scope));
}

function operate(node: Node, { inputs, values, matrices }: Scope): tf.Tensor {
  const { operation } = node;
  const input = (index: number): tf.Tensor => valueAt(values, node.inputs[index] ?? -1);
  const batch = (): number => input(0).shape[0];
  switch (operation.kind) {
    case 'input': {
      const given = inputs.get(node.name);
      if (given === undefined) throw new RangeError(`The graph needs the input ${node.name}.`);
      return given.clone();
    }
    case 'weight':
      throw new RangeError(`The parameter ${operation.key} was not loaded.`);
    case 'linear':
      return linear(
        input(0),
        matrices.get(node.inputs[1] ?? -1) ?? input(1),
        node.inputs.length > 2 ? input(2) : undefined,
      );
    case 'matmul':
      return manyProducts(
        input(0),
        operation.transposeB ? tf.transpose(input(1), swapLast(input(1).rank)) : input(1),
      );
    case 'add':
      return tf.add(input(0), input(1));
    case 'scale':
      return tf.mul(input(0), operation.factor);
    case 'layer-norm':
      return layerNorm(input(0), input(1), input(2), operation.epsilon);
    case 'softmax':
      return tf.softmax(input(0));
    case 'causal-mask':
      return tf.add(input(0), causalMask(node.shape.at(-1) as number));
    case 'quick-gelu':
      return tf.mul(input(0), tf.sigmoid(tf.mul(input(0), 1.702)));
    case 'reshape':
      return tf.reshape(input(0), sizesOf(node.shape, batch()) as number[]);
    case 'transpose':
      return reordered(input(0), operation.order);
    case 'slice':
      return sliced(input(0), operation);
    case 'concat':
      return tf.concat(
        node.inputs.map((_, index) => input(index)),
        operation.axis,
      );
    case 'mean':
      return tf.mean(input(0), operation.axis, true);
    case 'repeat': {
      const count = input(1).shape[0];
      return tf.tile(tf.expandDims(input(0), 0), [count, ...input(0).shape.map(() => 1)]);
    }
    case 'embed':
      return tf.gather(input(0), tf.cast(input(1), 'int32'));
    case 'gather':
      return gatherRows(input(0), input(1));
    case 'highest':
      return tf.expandDims(tf.argMax(input(0), 1), 1);
    case 'attention':
      throw new RangeError(
        `tfjs has no attention in one node: build the graph of ${node.name} in steps.`,
      );
  }
}

function linear(x: tf.Tensor, matrix: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor {
  const [inputs = 0, outputs = 0] = matrix.shape;
  // Of more than two dimensions tfjs takes a slow loop.
  const product = tf.matMul(tf.reshape(x, [-1, inputs]), matrix);
  const shaped = tf.reshape(product, [...x.shape.slice(0, -1), outputs]);
  return bias === undefined ? shaped : tf.add(shaped, bias);
}

function layerNorm(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor, epsilon: number): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, weight), bias);
}

function causalMask(tokens: number): tf.Tensor {
  const mask = Float32Array.from({ length: tokens * tokens }, (_, at) =>
    at % tokens > Math.floor(at / tokens) ? -Infinity : 0,
  );
  return tf.tensor2d(mask, [tokens, tokens]);
}

function sliced(
  x: tf.Tensor,
  { axis, start, end }: { readonly axis: number; readonly start: number; readonly end: number },
): tf.Tensor {
  const begin = x.shape.map((_, at) => (at === axis ? start : 0));
  const size = x.shape.map((length, at) => (at === axis ? end - start : length));
  return tf.slice(x, begin, size);
}

function valueAt(values: ReadonlyMap<number, tf.Tensor>, place: number): tf.Tensor {
  const value = values.get(place);
  if (value === undefined) throw new RangeError(`The value ${place} is not there when it is read.`);
  return value;
}
