/** A size of a tensor; `batch` is chosen when the graph runs and is always the first. */
export type Size = number | 'batch';

/** Sizes of a tensor, row-major. */
export type Shape = readonly Size[];

/** Element type of a value. Token ids and row numbers are `int32`, all else is real. */
export type ValueType = 'real' | 'int32';

/**
 * What a node computes from its inputs, which stand in brackets in this order. Real numbers unless said otherwise.
 *
 * - `input`: given from outside, by its name.
 * - `weight`: a parameter, by its key in the state dict.
 * - `linear` [x, weight, bias?]: the last dimension of x through a matrix, stored `[out, in]` or `[in, out]`.
 * - `matmul` [a, b]: the last two dimensions, all before them alike; b transposed where said.
 * - `add` [a, b]: sizes of 1 and missing first dimensions of b are repeated.
 * - `scale` [x]: times a constant.
 * - `layer-norm` [x, weight, bias]: over the last dimension.
 * - `softmax` [x]: over the last dimension.
 * - `causal-mask` [x]: minus infinity where the last index is above the one before it.
 * - `attention` [query, key, value], each `[batch, tokens, width]`: all heads at once, scaled by the root of a head's width.
 * - `quick-gelu` [x]: x times the sigmoid of 1.702 x.
 * - `reshape`, `transpose`, `slice` (start inside, end outside), `concat` [several].
 * - `mean` [x]: over one dimension, which stays with size 1.
 * - `repeat` [x, like]: x once for each sample of the batch of `like`, as a new first dimension.
 * - `embed` [table, ids]: rows of the table.
 * - `gather` [x, ids]: of each sample `[tokens, width]` the rows that its own ids name, `[batch, ids, width]`.
 * - `highest` [ids]: `int32` `[batch, 1]`, where each row first has its highest value.
 */
export type Operation =
  | { readonly kind: 'input' }
  | { readonly kind: 'weight'; readonly key: string }
  | { readonly kind: 'linear'; readonly layout: 'out-in' | 'in-out' }
  | { readonly kind: 'matmul'; readonly transposeB: boolean }
  | { readonly kind: 'add' }
  | { readonly kind: 'scale'; readonly factor: number }
  | { readonly kind: 'layer-norm'; readonly epsilon: number }
  | { readonly kind: 'softmax' }
  | { readonly kind: 'causal-mask' }
  | { readonly kind: 'attention'; readonly heads: number; readonly causal: boolean }
  | { readonly kind: 'quick-gelu' }
  | { readonly kind: 'reshape' }
  | { readonly kind: 'transpose'; readonly order: readonly number[] }
  | { readonly kind: 'slice'; readonly axis: number; readonly start: number; readonly end: number }
  | { readonly kind: 'concat'; readonly axis: number }
  | { readonly kind: 'mean'; readonly axis: number }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'embed' }
  | { readonly kind: 'gather' }
  | { readonly kind: 'highest' };

/** One step of a graph. Nodes name their inputs by place, so they can be walked forwards and backwards. */
export type Node = {
  readonly operation: Operation;
  /** Places of earlier nodes. */
  readonly inputs: readonly number[];
  readonly shape: Shape;
  readonly type: ValueType;
  /** Unique; steps that people speak of have words (`vision.block0.ln_1`), others a number. */
  readonly name: string;
};

/** A network as data: nodes in an order in which each reads only those before it. */
export type Graph = {
  readonly nodes: readonly Node[];
  /** Place of the node that is the result. */
  readonly output: number;
};

/** The node at a place. @throws RangeError where there is none. */
export function nodeAt(graph: Graph, place: number): Node {
  const node = graph.nodes[place];
  if (node === undefined) throw new RangeError(`The graph has no node ${place}.`);
  return node;
}

/** Places of nodes by name. */
export function placesByName(graph: Graph): ReadonlyMap<string, number> {
  return new Map(graph.nodes.map(({ name }, place) => [name, place]));
}

/**
 * The last place that reads each node; the output is read by the end. Who reads a reshaped value reads the one that it is made
 * of, whose memory it shares.
 */
export function lastReaders(graph: Graph): readonly number[] {
  const last = graph.nodes.map((_, place) => place);
  last[graph.output] = graph.nodes.length;
  for (const [place, { inputs, operation }] of [...graph.nodes.entries()].reverse()) {
    const reader = operation.kind === 'reshape' ? Math.max(place, last[place] ?? 0) : place;
    for (const input of inputs) last[input] = Math.max(last[input] ?? 0, reader);
  }
  return last;
}

/** A shape with its batch filled in. */
export function sizesOf(shape: Shape, batch: number): readonly number[] {
  return shape.map((size) => (size === 'batch' ? batch : size));
}

/** Number of elements of a tensor. */
export function elementsOf(shape: Shape, batch = 1): number {
  return sizesOf(shape, batch).reduce((product, size) => product * size, 1);
}
