import { onnxTypeNumber } from './onnx-graph.js';
import { emit, single, typeOf, type Operator, type NodeContext } from './tfjs-operator.js';

const END = 2 ** 31 - 1;

/** Operations that choose among numbers or arrange them anew, by their name in `model.json`. */
export const shapeOperators: Readonly<Record<string, Operator>> = {
  Pad: pad,
  ConcatV2: concat,
  Pack: pack,
  Unpack: unpack,
  Reshape: reshape,
  ExpandDims: expandDims,
  Squeeze: squeeze,
  StridedSlice: stridedSlice,
  TopKV2: topK,
  ArgMax: argMax,
  GatherV2: gather,
  GatherNd: gatherNd,
};

/** TensorFlow gives a pair for each axis, ONNX all starts before all ends. */
function pad(context: NodeContext): void {
  const pairs = context.integers(1);
  const [starts, ends] = [0, 1].map((side) => pairs.filter((_, at) => at % 2 === side));
  emit(context, 'Pad', [
    context.input(0),
    context.graph.int64s([...(starts ?? []), ...(ends ?? [])]),
  ]);
}

function concat(context: NodeContext): void {
  const last = context.inputs.length - 1;
  emit(context, 'Concat', context.inputs.slice(0, last), { axis: { int: single(context, last) } });
}

/** Joins along a new axis. */
function pack(context: NodeContext): void {
  const { graph } = context;
  const axis = context.integer('axis');
  const parts = context.inputs.map((input) =>
    graph.node('Unsqueeze', [input, graph.int64s([axis])]),
  );
  emit(context, 'Concat', parts, { axis: { int: axis } });
}

/** The slices along an axis, each an output without it. */
function unpack(context: NodeContext): void {
  const { graph, node } = context;
  const axis = context.integer('axis');
  const names = Array.from({ length: context.integer('num') }, (_, at) =>
    at === 0 ? node.name : `${node.name}:${String(at)}`,
  );
  const slices = names.map((name) => `${name}/slice`);
  graph.node('Split', [context.input(0)], {
    attributes: { axis: { int: axis }, num_outputs: { int: names.length } },
    outputs: slices,
  });
  names.forEach((name, at) =>
    graph.node('Squeeze', [slices[at] ?? '', graph.int64s([axis])], { outputs: [name] }),
  );
}

function reshape(context: NodeContext): void {
  const shape = context.graph.node('Cast', [context.input(1)], {
    attributes: { to: { int: onnxTypeNumber('int64') } },
  });
  // TensorFlow takes a zero for an empty dimension, ONNX by default for "as it was".
  emit(context, 'Reshape', [context.input(0), shape], { allowzero: { int: 1 } });
}

function expandDims(context: NodeContext): void {
  emit(context, 'Unsqueeze', [context.input(0), context.graph.int64s([single(context, 1)])]);
}

function squeeze(context: NodeContext): void {
  const axes = context.integerList('squeeze_dims');
  if (axes.length === 0) context.refuse('it does not name the dimensions');
  emit(context, 'Squeeze', [context.input(0), context.graph.int64s(axes)]);
}

function stridedSlice(context: NodeContext): void {
  const { graph } = context;
  if (context.integer('ellipsis_mask') !== 0 || context.integer('new_axis_mask') !== 0) {
    context.refuse('it uses an ellipsis or a new axis');
  }
  const [begin, end, strides] = [1, 2, 3].map((index) => context.integers(index));
  if (begin === undefined || end === undefined || strides?.some((stride) => stride < 1) !== false) {
    return context.refuse('its strides are not all positive');
  }
  const masked = (mask: string, axis: number): boolean =>
    ((context.integer(mask) >> axis) & 1) === 1;
  const axes = begin.map((_, axis) => axis);
  const dropped = axes.filter((axis) => masked('shrink_axis_mask', axis));
  const starts = begin.map((at, axis) =>
    masked('begin_mask', axis) && !dropped.includes(axis) ? 0 : at,
  );
  const ends = end.map((at, axis) => {
    if (dropped.includes(axis)) return begin[axis] === -1 ? END : (begin[axis] ?? 0) + 1;
    return masked('end_mask', axis) ? END : at;
  });
  const inputs = [
    context.input(0),
    ...[starts, ends, axes, strides].map((list) => graph.int64s(list)),
  ];
  if (dropped.length === 0) return emit(context, 'Slice', inputs);
  emit(context, 'Squeeze', [graph.node('Slice', inputs), graph.int64s(dropped)]);
}

/** Values and places; ONNX counts places in int64, TensorFlow in int32. */
function topK(context: NodeContext): void {
  const { graph, node } = context;
  const places = `${node.name}:1`;
  graph.node('TopK', [context.input(0), graph.int64s([single(context, 1)])], {
    attributes: { sorted: { int: context.flag('sorted') ? 1 : 0 } },
    outputs: [node.name, `${places}/int64`],
  });
  graph.node('Cast', [`${places}/int64`], {
    attributes: { to: { int: onnxTypeNumber('int32') } },
    outputs: [places],
  });
}

/** The first place of the largest value; ONNX counts places in int64. */
function argMax(context: NodeContext): void {
  if (typeOf(context, 'output_type') !== 'int32') context.refuse('its places are not int32');
  const places = context.graph.node('ArgMax', [context.input(0)], {
    attributes: { axis: { int: single(context, 1) }, keepdims: { int: 0 } },
  });
  emit(context, 'Cast', [places], { to: { int: onnxTypeNumber('int32') } });
}

function gather(context: NodeContext): void {
  if (context.integer('batch_dims') !== 0) context.refuse('it gathers in batches');
  emit(context, 'Gather', [context.input(0), context.input(1)], {
    axis: { int: single(context, 2) },
  });
}

/** Each row of the second input is the place of an element or a slice of the first; ONNX wants places in int64. */
function gatherNd(context: NodeContext): void {
  const places = context.graph.node('Cast', [context.input(1)], {
    attributes: { to: { int: onnxTypeNumber('int64') } },
  });
  emit(context, 'GatherND', [context.input(0), places]);
}
