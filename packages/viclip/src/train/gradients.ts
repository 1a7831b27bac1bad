import { nodeAt, type Operation, type Shape } from '../model/graph.js';
import type { OnnxFile } from '../onnx/onnx-file.js';
import type { BackwardStep, Contribution, Gradient } from './backward-step.js';

const TO_FLOAT = { to: { int: 1 } };

/** The gradient of every operation but attention in one node, which training does not use. */
export const gradients: Readonly<
  Record<Exclude<Operation['kind'], 'input' | 'weight' | 'highest' | 'attention'>, Gradient>
> = {
  linear,
  matmul,
  add: (step) => [
    whole(step.gradient),
    step.wants(1) ? whole(summedTo(step, inputShape(step, 1))) : undefined,
  ],
  scale(step) {
    const factor = step.node.operation.kind === 'scale' ? step.node.operation.factor : 1;
    return [whole(step.file.node('Mul', [step.gradient, step.file.floats([factor], [])]))];
  },
  'layer-norm': layerNorm,
  softmax({ file, value, gradient }) {
    const sum = file.node('ReduceSum', [file.node('Mul', [gradient, value]), file.int64s([-1])]);
    return [whole(file.node('Mul', [value, file.node('Sub', [gradient, sum])]))];
  },
  // Where the mask is, the softmax behind it has the value zero and so no gradient.
  'causal-mask': ({ gradient }) => [whole(gradient)],
  'quick-gelu': quickGelu,
  reshape: (step) => [whole(reshaped(step.file, step.gradient, inputShape(step, 0)))],
  transpose({ file, node, gradient }) {
    const order = node.operation.kind === 'transpose' ? node.operation.order : [];
    const back = order.map((_, axis) => order.indexOf(axis));
    return [whole(file.node('Transpose', [gradient], { attributes: { perm: { ints: back } } }))];
  },
  slice({ node, gradient }) {
    if (node.operation.kind !== 'slice') return [];
    const { axis, start, end } = node.operation;
    return [{ kind: 'part', name: gradient, axis, start, end }];
  },
  concat,
  mean(step) {
    const axis = step.node.operation.kind === 'mean' ? step.node.operation.axis : 0;
    const share = step.file.floats([1 / Number(inputShape(step, 0)[axis])], []);
    const each = step.file.node('Mul', [step.gradient, share]);
    const sizes = step.file.node('Shape', [step.inputs[0] ?? '']);
    return [whole(step.file.node('Expand', [each, sizes]))];
  },
  repeat({ file, gradient }) {
    const attributes = { keepdims: { int: 0 } };
    return [whole(file.node('ReduceSum', [gradient, file.int64s([0])], { attributes })), undefined];
  },
  embed: ({ gradient, inputs }) => [
    { kind: 'rows', name: gradient, ids: inputs[1] ?? '' },
    undefined,
  ],
  gather,
};

/** Sums a gradient over the first dimensions that a shape lacks and those that it has with size 1. */
function summedTo({ file, node, gradient }: BackwardStep, shape: Shape): string {
  const missing = node.shape.length - shape.length;
  const leading = Array.from({ length: missing }, (_, axis) => axis);
  const single = shape.flatMap((size, axis) =>
    size === 1 && node.shape[axis + missing] !== 1 ? [axis + missing] : [],
  );
  const axes = [...leading, ...single];
  if (axes.length === 0) return gradient;
  const sum = file.node('ReduceSum', [gradient, file.int64s(axes)], {
    attributes: { keepdims: { int: 0 } },
  });
  return single.length === 0 ? sum : reshaped(file, sum, shape);
}

function linear(step: BackwardStep): readonly (Contribution | undefined)[] {
  const { file, node, inputs, gradient, wants } = step;
  const [x = '', weight = ''] = inputs;
  const isOutIn = node.operation.kind === 'linear' && node.operation.layout === 'out-in';
  const flatX = flat(file, x, inputShape(step, 0));
  const flatGradient = flat(file, gradient, node.shape);
  const [left, right] = isOutIn ? [flatGradient, flatX] : [flatX, flatGradient];
  return [
    wants(0)
      ? whole(
          reshapedBack(
            step,
            file.node('Gemm', [flatGradient, weight], {
              attributes: { transB: { int: isOutIn ? 0 : 1 } },
            }),
          ),
        )
      : undefined,
    wants(1)
      ? whole(file.node('Gemm', [left, right], { attributes: { transA: { int: 1 } } }))
      : undefined,
    wants(2)
      ? whole(
          file.node('ReduceSum', [flatGradient, file.int64s([0])], {
            attributes: { keepdims: { int: 0 } },
          }),
        )
      : undefined,
  ];
}

function reshapedBack(step: BackwardStep, product: string): string {
  const shape = inputShape(step, 0);
  return shape.length === 2 ? product : reshaped(step.file, product, shape);
}

function matmul(step: BackwardStep): readonly (Contribution | undefined)[] {
  const { file, node, inputs, gradient, wants } = step;
  const [a = '', b = ''] = inputs;
  const isTransposed = node.operation.kind === 'matmul' && node.operation.transposeB;
  const turned = (name: string): string => swapLast(file, name, node.shape.length);
  const atB = (): string =>
    isTransposed
      ? file.node('MatMul', [turned(gradient), a])
      : file.node('MatMul', [turned(a), gradient]);
  return [
    wants(0) ? whole(file.node('MatMul', [gradient, isTransposed ? b : turned(b)])) : undefined,
    wants(1) ? whole(atB()) : undefined,
  ];
}

/**
 * With n the normalised x and g the gradient times the weight, the gradient at x is (g - mean g - n mean(g n)) / deviation. The
 * normalised x and the deviation are computed again rather than kept: one more pass, and less memory.
 */
function layerNorm(step: BackwardStep): readonly (Contribution | undefined)[] {
  const { file, node, inputs, gradient, wants } = step;
  const [x = '', weight = ''] = inputs;
  const width = Number(node.shape.at(-1));
  const epsilon = node.operation.kind === 'layer-norm' ? node.operation.epsilon : 0;
  const ones = file.floats(new Float32Array(width).fill(1), [width]);
  const [normal = '', mean = '', inverse = ''] = ['normal', 'mean', 'inverse'].map(
    (part) => `${node.name}.${part}`,
  );
  file.node('LayerNormalization', [x, ones, file.floats(new Float32Array(width), [width])], {
    outputs: [normal, mean, inverse],
    attributes: { axis: { int: -1 }, epsilon: { float: epsilon } },
  });
  const rows = file.int64s(node.shape.slice(0, -1).map((_, axis) => axis));
  const overRows = (name: string): Contribution =>
    whole(file.node('ReduceSum', [name, rows], { attributes: { keepdims: { int: 0 } } }));
  const atX = (): Contribution => {
    const average = (name: string): string => file.node('ReduceMean', [name, file.int64s([-1])]);
    const scaled = file.node('Mul', [gradient, weight]);
    const along = file.node('Mul', [normal, average(file.node('Mul', [scaled, normal]))]);
    const rest = file.node('Sub', [file.node('Sub', [scaled, average(scaled)]), along]);
    return whole(file.node('Mul', [rest, inverse]));
  };
  return [
    wants(0) ? atX() : undefined,
    wants(1) ? overRows(file.node('Mul', [gradient, normal])) : undefined,
    wants(2) ? overRows(gradient) : undefined,
  ];
}

/** With s the sigmoid of 1.702 x and y = x s, the derivative is s + 1.702 y (1 - s). */
function quickGelu({ file, value, inputs, gradient }: BackwardStep): readonly Contribution[] {
  const slope = file.floats([1.702], []);
  const gate = file.node('Sigmoid', [file.node('Mul', [inputs[0] ?? '', slope])]);
  const closing = file.node('Mul', [slope, file.node('Sub', [file.floats([1], []), gate])]);
  const derivative = file.node('Add', [gate, file.node('Mul', [value, closing])]);
  return [whole(file.node('Mul', [gradient, derivative]))];
}

function concat({
  file,
  graph,
  node,
  gradient,
  wants,
}: BackwardStep): readonly (Contribution | undefined)[] {
  const axis = node.operation.kind === 'concat' ? node.operation.axis : 0;
  let start = 0;
  return node.inputs.map((input, position) => {
    const end = start + Number(nodeAt(graph, input).shape[axis]);
    const bounds = [start, end, axis].map((at) => file.int64s([at]));
    start = end;
    return wants(position) ? whole(file.node('Slice', [gradient, ...bounds])) : undefined;
  });
}

/** As a product with a matrix of zeros and ones, so that rows chosen twice add up, in the same order every time. */
function gather(step: BackwardStep): readonly (Contribution | undefined)[] {
  const { file, inputs, gradient } = step;
  const tokens = Number(inputShape(step, 0)[1]);
  const ids = file.node('Cast', [inputs[1] ?? ''], { attributes: { to: { int: 7 } } });
  const places = file.node('Unsqueeze', [
    file.int64s(Array.from({ length: tokens }, (_, at) => at)),
    file.int64s([1]),
  ]);
  const isChosen = file.node('Equal', [file.node('Unsqueeze', [ids, file.int64s([1])]), places]);
  const choice = file.node('Cast', [isChosen], { attributes: TO_FLOAT });
  return [whole(file.node('MatMul', [choice, gradient])), undefined];
}

function whole(name: string): Contribution {
  return { kind: 'whole', name };
}

function inputShape({ graph, node }: BackwardStep, position: number): Shape {
  return nodeAt(graph, node.inputs[position] ?? -1).shape;
}

function flat(file: OnnxFile, name: string, shape: Shape): string {
  if (shape.length === 2) return name;
  return file.node('Reshape', [name, file.int64s([-1, Number(shape.at(-1))])]);
}

function reshaped(file: OnnxFile, name: string, shape: Shape): string {
  const sizes = shape.map((size) => (size === 'batch' ? -1 : size));
  return file.node('Reshape', [name, file.int64s(sizes)]);
}

function swapLast(file: OnnxFile, name: string, dimensions: number): string {
  const order = Array.from({ length: dimensions }, (_, axis) => axis);
  const perm = [...order.slice(0, -2), dimensions - 1, dimensions - 2];
  return file.node('Transpose', [name], { attributes: { perm: { ints: perm } } });
}
