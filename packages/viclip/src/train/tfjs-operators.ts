import * as tf from '@tensorflow/tfjs-core';

import { gatherRows, manyProducts, reordered, swapLast } from '../backends/tfjs-matrices.js';
import type { Wholes } from './onnx-program.js';

/** What an operator gives: numbers that tfjs holds, or whole numbers that only say sizes and places. */
export type Value = tf.Tensor | Wholes;

/** An operator at work. Inputs are counted from 0; one that is not there is a `RangeError`. */
export interface Operands {
  /** How many inputs there are. */
  readonly count: number;
  readonly outputs: number;
  value(input: number): Value;
  /** Whole numbers are brought into tfjs. */
  tensor(input: number): tf.Tensor;
  wholes(input: number): readonly number[];
  attribute(name: string, otherwise: number): number;
  list(name: string): readonly number[];
}

/**
 * The ONNX operators that training graphs are written with, on tfjs. What tfjs on WebAssembly has only a slow routine for is done in
 * another way: transposed factors are transposed first, and matrix products are of two dimensions.
 */
export const tfjsOperators: Readonly<
  Record<string, (given: Operands) => Value | readonly Value[]>
> = {
  Add: ({ tensor }) => tf.add(tensor(0), tensor(1)),
  Sub: ({ tensor }) => tf.sub(tensor(0), tensor(1)),
  Mul: ({ tensor }) => tf.mul(tensor(0), tensor(1)),
  Div: ({ tensor }) => tf.div(tensor(0), tensor(1)),
  Neg: ({ tensor }) => tf.neg(tensor(0)),
  Sigmoid: ({ tensor }) => tf.sigmoid(tensor(0)),
  Identity: ({ tensor }) => tensor(0).clone(),
  Equal: equal,
  Cast: cast,
  Gemm: gemm,
  MatMul: ({ tensor }) => manyProducts(tensor(0), tensor(1)),
  LayerNormalization: layerNormalization,
  Softmax: (given) => alongLast(given, (x) => tf.softmax(x)),
  LogSoftmax: (given) => alongLast(given, (x) => tf.logSoftmax(x)),
  ReduceSum: (given) => tf.sum(given.tensor(0), axesOf(given), keepsSizes(given)),
  ReduceMean: (given) => tf.mean(given.tensor(0), axesOf(given), keepsSizes(given)),
  ReduceL2: (given) =>
    tf.sqrt(tf.sum(tf.square(given.tensor(0)), axesOf(given), keepsSizes(given))),
  ArgMax(given) {
    const axis = given.attribute('axis', 0);
    return tf.expandDims(tf.argMax(given.tensor(0), axis), axis);
  },
  Reshape: ({ tensor, wholes }) => tf.reshape(tensor(0), [...wholes(1)]),
  Transpose: ({ tensor, list }) => reordered(tensor(0), list('perm')),
  Expand: ({ tensor, wholes }) => tf.broadcastTo(tensor(0), [...wholes(1)]),
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Shape({ value, attribute }) {
    const sizes = sizesOf(value(0));
    const wholes = sizes.slice(attribute('start', 0), attribute('end', sizes.length));
    return { wholes, sizes: [wholes.length] };
  },
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Gather: ({ tensor }) => tf.gather(tensor(0), tf.cast(tensor(1), 'int32')),
  GatherND({ tensor }) {
    const places = tensor(1);
    return gatherRows(tensor(0), tf.reshape(places, places.shape.slice(0, 2)));
  },
};

/** The sizes of a value of either kind. */
export function sizesOf(value: Value): readonly number[] {
  return 'wholes' in value ? value.sizes : value.shape;
}

/** Only real numbers can be compared with repeated sizes on WebAssembly. */
function equal({ tensor }: Operands): tf.Tensor {
  const [a, b] = [tensor(0), tensor(1)];
  const sizes = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  return tf.equal(tf.broadcastTo(a, sizes), tf.broadcastTo(b, sizes));
}

const FLOAT = 1;

function cast({ tensor, attribute }: Operands): tf.Tensor {
  return tf.cast(tensor(0), attribute('to', FLOAT) === FLOAT ? 'float32' : 'int32');
}

function gemm({ tensor, attribute, count }: Operands): tf.Tensor {
  const factor = (input: number, name: string): tf.Tensor2D =>
    (attribute(name, 0) === 1 ? tf.transpose(tensor(input)) : tensor(input)) as tf.Tensor2D;
  const product = tf.matMul(factor(0, 'transA'), factor(1, 'transB'));
  return count > 2 ? tf.add(product, tensor(2)) : product;
}

/** The result, and where they are asked for the means and the inverse deviations of the rows. */
function layerNormalization({ tensor, attribute, outputs }: Operands): readonly tf.Tensor[] {
  const mean = tf.mean(tensor(0), -1, true);
  const centred = tf.sub(tensor(0), mean);
  const variance = tf.mean(tf.square(centred), -1, true);
  const inverse = tf.rsqrt(tf.add(variance, attribute('epsilon', 1e-5)));
  const result = tf.add(tf.mul(tf.mul(centred, inverse), tensor(1)), tensor(2));
  return [result, mean, inverse].slice(0, outputs);
}

/** tfjs has these for the last dimension alone. */
function alongLast({ tensor, attribute }: Operands, work: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  const x = tensor(0);
  const axis = (attribute('axis', -1) + x.rank) % x.rank;
  if (axis === x.rank - 1) return work(x);
  if (axis !== x.rank - 2)
    throw new RangeError('A softmax must be along one of the last two axes.');
  return tf.transpose(work(tf.transpose(x, swapLast(x.rank))), swapLast(x.rank));
}

function axesOf({ count, wholes }: Operands): number[] | undefined {
  return count > 1 ? [...wholes(1)] : undefined;
}

function keepsSizes({ attribute }: Operands): boolean {
  return attribute('keepdims', 1) === 1;
}

function unsqueeze({ value, wholes }: Operands): Value {
  const x = value(0);
  const sizes = [...sizesOf(x)];
  const rank = sizes.length + wholes(1).length;
  const axes = wholes(1).map((axis) => (axis + rank) % rank);
  for (const axis of axes.sort((a, b) => a - b)) sizes.splice(axis, 0, 1);
  return 'wholes' in x ? { ...x, sizes } : tf.reshape(x, sizes);
}

function squeeze({ value }: Operands): Value {
  const x = value(0);
  const sizes = sizesOf(x).filter((size) => size !== 1);
  return 'wholes' in x ? { ...x, sizes } : tf.reshape(x, sizes);
}

function concat({ value, tensor, wholes, attribute, count }: Operands): Value {
  const inputs = Array.from({ length: count }, (_, input) => input);
  if ('wholes' in value(0)) {
    const all = inputs.flatMap((input) => wholes(input));
    return { wholes: all, sizes: [all.length] };
  }
  return tf.concat(
    inputs.map((input) => tensor(input)),
    attribute('axis', 0),
  );
}

function slice({ tensor, wholes }: Operands): tf.Tensor {
  const x = tensor(0);
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  for (const [at, axis] of wholes(3).entries()) {
    const start = wholes(1)[at] ?? 0;
    begin[axis] = start;
    size[axis] = (wholes(2)[at] ?? 0) - start;
  }
  return tf.slice(x, begin, size);
}

function pad({ tensor, wholes }: Operands): tf.Tensor {
  const x = tensor(0);
  const sides = x.shape.map((_, axis): [number, number] => [
    wholes(1)[axis] ?? 0,
    wholes(1)[axis + x.rank] ?? 0,
  ]);
  return tf.pad(x, sides);
}
