import {
  nodeAt,
  placesByName,
  type Graph,
  type Node,
  type Operation,
  type Shape,
} from '../model/graph.js';
import { dataTypeBytes } from '../weights/data-types.js';
import type { TensorPlace } from '../weights/safetensors.js';
import { onnxFile, onnxTypeNumber, type OnnxFile, type OnnxType } from './onnx-file.js';
import { realTypeOf, type Precision } from './precision.js';
import { viewName, weightView, type WeightView } from './weight-views.js';

/** How a graph becomes an ONNX file. */
export type TranslateOptions = {
  readonly precision: Precision;
  /** Name of the file of weights, which stands beside the graph. */
  readonly location: string;
  /** Where each parameter lies in it; quantised ones by `levelsName` and `scalesName` of their view. */
  readonly places: ReadonlyMap<string, TensorPlace>;
  /** Names of further steps that are outputs too. Default none. */
  readonly outputs?: readonly string[];
};

/** Name of the 8-bit form of a matrix. */
export function levelsName(view: WeightView): string {
  return `${viewName(view)}.int8`;
}

/** Name of the scales of the 8-bit form of a matrix. */
export function scalesName(view: WeightView): string {
  return `${viewName(view)}.scale`;
}

/**
 * Writes a graph as an ONNX model whose weights lie in a safetensors file beside it, read where they are. Inputs keep their
 * names; the first output is the result, the others follow in the order asked for. Both are float32 or int32 in every precision.
 *
 * Attention in one node and half precision need onnxruntime; all else is ONNX's own set of operators.
 */
export function toOnnx(graph: Graph, options: TranslateOptions): Uint8Array {
  const file = onnxFile('viclip');
  const names: string[] = [];
  const writer: Writer = {
    file,
    graph,
    options,
    real: options.precision === 'fp16' ? 'float16' : 'float32',
    external: new Set(),
    name: (place) => names[place] ?? '',
  };
  for (const node of graph.nodes) {
    const view = weightView(graph, node);
    names.push(view === undefined ? translate(writer, node) : viewName(view));
    if (view !== undefined && isReadAsIs(writer, names.length - 1)) parameter(writer, view);
  }
  const extra = (options.outputs ?? []).map((name) => placesByName(graph).get(name) ?? -1);
  for (const place of [graph.output, ...extra]) writeOutput(writer, place);
  return file.toBytes();
}

/**
 * Writes the nodes of a graph into a file in float32, its weights as inputs of the file under their keys: the forward half of
 * training, where weights change between runs.
 *
 * @returns the name of the value at each place.
 */
export function writeNodes(
  file: OnnxFile,
  graph: Graph,
  { adjust = (_, written) => written, again }: WriteNodesOptions = {},
): readonly string[] {
  const names: string[] = [];
  const writer: Writer = {
    file,
    graph,
    options: { precision: 'fp32', location: '', places: new Map() },
    real: 'float32',
    external: new Set(),
    name: (place) => names[place] ?? '',
  };
  for (const [place, node] of graph.nodes.entries()) {
    const known = again?.places.has(place) === true ? undefined : again?.names[place];
    const isGiven = node.operation.kind === 'weight';
    const named = { ...node, name: `${node.name}${again?.suffix ?? ''}` };
    names.push(
      known ?? adjust(node, isGiven ? writeInput(writer, node) : translate(writer, named)),
    );
  }
  return names;
}

/** How nodes are written into a file. */
export type WriteNodesOptions = {
  /** May write more behind a node; readers of the node then read what it returns. */
  readonly adjust?: (node: Node, written: string) => string;
  /** Nodes to be written once more, rather than all. */
  readonly again?: WrittenAgain;
};

/** Nodes that are written once more. */
export type WrittenAgain = {
  readonly places: ReadonlySet<number>;
  /** Names of all values as they are; the new nodes read those that are not written again. */
  readonly names: readonly string[];
  /** Stands behind the names of the new values. */
  readonly suffix: string;
};

/** What the translation of every node needs. */
type Writer = {
  readonly file: OnnxFile;
  readonly graph: Graph;
  readonly options: TranslateOptions;
  readonly real: OnnxType;
  readonly external: Set<string>;
  /** ONNX name of the value at a place. */
  name(place: number): string;
};

const AXES_18 = { keepdims: { int: 1 } };

function translate(writer: Writer, node: Node): string {
  const { file } = writer;
  const [a = '', b = '', c = ''] = node.inputs.map(writer.name);
  const outputs = [node.name];
  const { operation } = node;
  switch (operation.kind) {
    case 'input':
      return writeInput(writer, node);
    case 'linear':
      return linear(writer, node, operation);
    case 'matmul':
      return file.node('MatMul', [a, operation.transposeB ? swapLast(writer, b, node.shape) : b], {
        outputs,
      });
    case 'add':
      return file.node('Add', [a, b], { outputs });
    case 'scale':
      return file.node('Mul', [a, real(writer, [operation.factor], [])], { outputs });
    case 'layer-norm':
      return file.node('LayerNormalization', [a, b, c], {
        outputs,
        attributes: { axis: { int: -1 }, epsilon: { float: operation.epsilon } },
      });
    case 'softmax':
      return file.node('Softmax', [a], { outputs, attributes: { axis: { int: -1 } } });
    case 'causal-mask':
      return file.node('Add', [a, causalMask(writer, node.shape)], { outputs });
    case 'attention':
      return file.node('MultiHeadAttention', [a, b, c], {
        outputs,
        domain: 'com.microsoft',
        attributes: {
          num_heads: { int: operation.heads },
          unidirectional: { int: operation.causal ? 1 : 0 },
        },
      });
    case 'quick-gelu': {
      const gate = file.node('Sigmoid', [file.node('Mul', [a, real(writer, [1.702], [])])]);
      return file.node('Mul', [a, gate], { outputs });
    }
    case 'transpose':
      return file.node('Transpose', [a], {
        outputs,
        attributes: { perm: { ints: operation.order } },
      });
    case 'concat':
      return file.node('Concat', node.inputs.map(writer.name), {
        outputs,
        attributes: { axis: { int: operation.axis } },
      });
    case 'repeat':
      return repeat(writer, node);
    case 'embed':
      return file.node('Gather', [a, b], { outputs });
    case 'highest':
      return file.node('ArgMax', [a], {
        outputs,
        attributes: { axis: { int: 1 }, keepdims: { int: 1 } },
      });
    case 'gather': {
      const ids = file.node('Cast', [b], { attributes: { to: { int: onnxTypeNumber('int64') } } });
      const rows = file.node('Unsqueeze', [ids, file.int64s([-1])]);
      return file.node('GatherND', [a, rows], { outputs, attributes: { batch_dims: { int: 1 } } });
    }
    case 'reshape':
    case 'slice':
    case 'mean':
    case 'weight':
      return shaped(writer, node, a);
  }
}

function shaped({ file }: Writer, { operation, name, shape }: Node, a: string): string {
  const outputs = [name];
  switch (operation.kind) {
    case 'slice': {
      const places = [operation.start, operation.end, operation.axis].map((at) =>
        file.int64s([at]),
      );
      return file.node('Slice', [a, ...places], { outputs });
    }
    case 'mean':
      return file.node('ReduceMean', [a, file.int64s([operation.axis])], {
        outputs,
        attributes: AXES_18,
      });
    default:
      return file.node('Reshape', [a, file.int64s(openSizes(shape))], { outputs });
  }
}

function openSizes(shape: Shape): readonly number[] {
  return shape.map((size) => (size === 'batch' ? -1 : size));
}

function writeInput(writer: Writer, { name, shape, type }: Node): string {
  writer.file.input({ name, shape, type: type === 'int32' ? 'int32' : 'float32' });
  if (type === 'int32' || writer.real === 'float32') return name;
  return writer.file.node('Cast', [name], {
    attributes: { to: { int: onnxTypeNumber(writer.real) } },
  });
}

function writeOutput(writer: Writer, place: number): void {
  const { name, shape } = nodeAt(writer.graph, place);
  const from = writer.name(place);
  if (writer.real === 'float32') return writer.file.output({ name: from, shape, type: 'float32' });
  writer.file.node('Cast', [from], {
    outputs: [`${name}.float32`],
    attributes: { to: { int: onnxTypeNumber('float32') } },
  });
  writer.file.output({ name: `${name}.float32`, shape, type: 'float32' });
}

/** A matrix product of all tokens at once, as the runtime's fastest routine wants it. */
function linear(
  writer: Writer,
  node: Node,
  { layout }: Extract<Operation, { readonly kind: 'linear' }>,
): string {
  const { file, graph, options } = writer;
  const [x = 0, weight = 0, bias] = node.inputs;
  const view = weightView(graph, nodeAt(graph, weight));
  if (options.precision === 'int8' && view !== undefined)
    return quantisedLinear(writer, node, view);
  const inputs = [x, weight, ...(bias === undefined ? [] : [bias])].map(writer.name);
  const attributes = { transB: { int: layout === 'out-in' ? 1 : 0 } };
  const shape = nodeAt(graph, x).shape;
  if (shape.length === 2) return file.node('Gemm', inputs, { outputs: [node.name], attributes });
  const flat = file.node('Reshape', [inputs[0] ?? '', file.int64s([-1, Number(shape.at(-1))])]);
  const product = file.node('Gemm', [flat, ...inputs.slice(1)], { attributes });
  return file.node('Reshape', [product, file.int64s(openSizes(node.shape))], {
    outputs: [node.name],
  });
}

/** The standard steps of dynamic quantisation, which onnxruntime joins into one. */
function quantisedLinear(writer: Writer, node: Node, view: WeightView): string {
  const { file } = writer;
  const [x = 0, , bias] = node.inputs;
  const outputs = [0, 1, 2].map((part) => `${node.name}.input.${part}`);
  const [levels = '', scale = '', zero = ''] = outputs;
  file.node('DynamicQuantizeLinear', [writer.name(x)], { outputs });
  const matrix = storedTensor(writer, levelsName(view));
  const whole = file.node('MatMulInteger', [levels, matrix, zero]);
  const numbers = file.node('Cast', [whole], {
    attributes: { to: { int: onnxTypeNumber('float32') } },
  });
  const scales = file.node('Mul', [scale, storedTensor(writer, scalesName(view))]);
  if (bias === undefined) return file.node('Mul', [numbers, scales], { outputs: [node.name] });
  const product = file.node('Mul', [numbers, scales]);
  return file.node('Add', [product, writer.name(bias)], { outputs: [node.name] });
}

function swapLast({ file }: Writer, value: string, { length }: Shape): string {
  const order = Array.from({ length }, (_, axis) => axis);
  const swapped = [...order.slice(0, -2), length - 1, length - 2];
  return file.node('Transpose', [value], { attributes: { perm: { ints: swapped } } });
}

function causalMask(writer: Writer, shape: Shape): string {
  const tokens = Number(shape.at(-1));
  const mask = Array.from({ length: tokens * tokens }, (_, at) =>
    at % tokens > Math.floor(at / tokens) ? -Infinity : 0,
  );
  return real(writer, mask, [tokens, tokens]);
}

function repeat({ file, name }: Writer, node: Node): string {
  const [x = 0, like = 0] = node.inputs;
  const batch = file.node('Shape', [name(like)], {
    attributes: { start: { int: 0 }, end: { int: 1 } },
  });
  const sizes = file.int64s(node.shape.slice(1).map(Number));
  const target = file.node('Concat', [batch, sizes], { attributes: { axis: { int: 0 } } });
  return file.node('Expand', [name(x), target], { outputs: [node.name] });
}

/** A small real constant in the element type of the graph. */
function real(
  { file, real: type }: Writer,
  values: readonly number[],
  shape: readonly number[],
): string {
  const constant = file.floats(values, shape);
  if (type === 'float32') return constant;
  return file.node('Cast', [constant], { attributes: { to: { int: onnxTypeNumber(type) } } });
}

/** Whether any node reads a parameter as it is, rather than its quantised form or a further view of it. */
function isReadAsIs({ graph, options }: Writer, place: number): boolean {
  return graph.nodes.some((node) =>
    node.inputs.some(
      (input, position) =>
        input === place &&
        weightView(graph, node) === undefined &&
        !(options.precision === 'int8' && node.operation.kind === 'linear' && position === 1),
    ),
  );
}

function parameter(writer: Writer, view: WeightView): void {
  const { options, file, external } = writer;
  const name = viewName(view);
  if (external.has(name)) return;
  external.add(name);
  const size = dataTypeBytes[realTypeOf(options.precision)];
  const elements = view.shape.reduce((product, length) => product * length, 1);
  file.external({
    name,
    type: writer.real,
    shape: view.shape,
    location: options.location,
    offset: placeOf(options, view.key).offset + view.start * size,
    bytes: elements * size,
  });
}

function storedTensor(writer: Writer, name: string): string {
  const { options, file, external } = writer;
  if (external.has(name)) return name;
  external.add(name);
  const { type, shape, offset, bytes } = placeOf(options, name);
  file.external({
    name,
    type: type === 'I8' ? 'int8' : 'float32',
    shape,
    location: options.location,
    offset,
    bytes,
  });
  return name;
}

function placeOf({ places, location }: TranslateOptions, name: string): TensorPlace {
  const place = places.get(name);
  if (place === undefined) throw new RangeError(`${location} has no tensor ${name}.`);
  return place;
}
