import * as tf from '@tensorflow/tfjs-core';

/**
 * Products of the matrices that the last two dimensions hold, all dimensions before them alike. One by one on WebAssembly: it has
 * a fast routine for one pair (30 GFLOP/s), and a slow loop for many (3). Its slices copy the whole tensor each time, so that the
 * factors are read once and cut here.
 */
export function manyProducts(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (a.rank === 2 || tf.getBackend() !== 'wasm') return tf.matMul(a, b);
  const [rows, depth] = a.shape.slice(-2) as [number, number];
  const columns = b.shape.at(-1) ?? 0;
  const [left, right] = [matrices(a, rows, depth), matrices(b, depth, columns)];
  const products = Array.from({ length: a.size / (rows * depth) }, (_, pair) =>
    tf.tidy(() => tf.matMul(left(pair), right(pair))),
  );
  return tf.reshape(tf.concat(products, 0), [...a.shape.slice(0, -1), columns]);
}

function matrices(x: tf.Tensor, rows: number, columns: number): (place: number) => tf.Tensor2D {
  const values = x.dataSync<'float32'>();
  const size = rows * columns;
  return (place) =>
    tf.tensor2d(values.subarray(place * size, (place + 1) * size), [rows, columns], 'float32');
}

/**
 * A tensor with its dimensions in another order. On WebAssembly those of more than four are swapped in steps, block by block, as its
 * routine for many dimensions is fifty times slower than that for four.
 */
export function reordered(x: tf.Tensor, order: readonly number[]): tf.Tensor {
  if (x.rank <= 4 || tf.getBackend() !== 'wasm') return tf.transpose(x, [...order]);
  const axes = x.shape.map((_, axis) => axis);
  const length = (start: number, end: number): number =>
    axes.slice(start, end).reduce((product, axis) => product * (x.shape[axis] ?? 0), 1);
  let result = x;
  for (const [place, axis] of order.entries()) {
    const start = axes.indexOf(axis);
    if (start === place) continue;
    let end = start + 1;
    while (end < axes.length && axes[end] === order[place + end - start]) end += 1;
    const blocks: [number, number, number, number] = [
      length(0, place),
      length(place, start),
      length(start, end),
      length(end, axes.length),
    ];
    result = tf.transpose(tf.reshape(result, blocks), [0, 2, 1, 3]);
    axes.splice(place, 0, ...axes.splice(start, end - start));
  }
  return tf.reshape(
    result,
    order.map((axis) => x.shape[axis] ?? 0),
  );
}

/** The order of dimensions in which the last two are swapped. */
export function swapLast(rank: number): number[] {
  return [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2];
}

/**
 * Of each sample `[tokens, width]` the rows that its own ids name, `[samples, ids]`. As one gather of all samples: the WebAssembly
 * kernel reads outside its memory when it is asked to gather sample by sample.
 */
export function gatherRows(x: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  const [samples = 1, rows = 1, width = 1] = x.shape;
  const starts = tf.tensor2d(
    Int32Array.from({ length: samples }, (_, sample) => sample * rows),
    [samples, 1],
    'int32',
  );
  const flat = tf.gather(
    tf.reshape(x, [-1, width]),
    tf.reshape<tf.Rank.R1>(tf.add(ids, starts), [-1]),
  );
  return tf.reshape(flat, [samples, -1, width]);
}
