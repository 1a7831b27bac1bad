import type { GraphWeight } from './graph-model.js';
import { onnxTypeNumber, type OnnxAttribute } from './onnx-graph.js';
import { emit, plain, typeOf, type Operator, type NodeContext } from './tfjs-operator.js';
import { shapeOperators } from './tfjs-shape-operators.js';

const TO_CHANNELS_FIRST = { perm: { ints: [0, 3, 1, 2] } };
const TO_CHANNELS_LAST = { perm: { ints: [0, 2, 3, 1] } };

/** How each TensorFlow operation is said in ONNX, by its name in `model.json`. */
export const operators: Readonly<Record<string, Operator>> = {
  Const: constant,
  Placeholder: placeholder,
  Identity: plain('Identity'),
  Mul: plain('Mul'),
  Add: plain('Add'),
  AddV2: plain('Add'),
  Sub: plain('Sub'),
  RealDiv: plain('Div'),
  Sqrt: plain('Sqrt'),
  SquaredDifference: squaredDifference,
  Relu: plain('Relu'),
  Sigmoid: plain('Sigmoid'),
  Equal: plain('Equal'),
  Relu6: (context) => emit(context, 'Clip', [context.input(0), ...zeroAndSix(context)]),
  Conv2D: (context) => convolution(context, false),
  _FusedConv2D: (context) => convolution(context, false),
  DepthwiseConv2dNative: (context) => convolution(context, true),
  FusedDepthwiseConv2dNative: (context) => convolution(context, true),
  MaxPool: maxPool,
  ResizeBilinear: resizeBilinear,
  Mean: mean,
  Cast: cast,
  FloorDiv: floorDivision,
  FloorMod: floorRemainder,
  ...shapeOperators,
};

function constant(context: NodeContext): void {
  const { graph, node } = context;
  const weight = context.weight(-1);
  if (weight.type === 'float32') graph.floats(weight.data, weight.shape, node.name);
  else graph.int32s(weight.data, weight.shape, node.name);
}

function placeholder(context: NodeContext): void {
  const { graph, node } = context;
  const shape = (context.attribute('shape').shape?.dim ?? []).map(({ size }) => Number(size));
  graph.input({ name: node.name, type: typeOf(context, 'dtype'), shape });
}

function zeroAndSix({ graph }: NodeContext): readonly string[] {
  return [0, 6].map((limit) => graph.floats(Float32Array.of(limit), []));
}

/** A convolution with what TensorFlow fused to it: nothing, a bias, or a bias and one activation. */
function convolution(context: NodeContext, depthwise: boolean): void {
  const { graph } = context;
  const fused = context.node.attr?.['fused_ops'] === undefined ? [] : context.words('fused_ops');
  const [bias, activation] = fused;
  if ((bias !== undefined && bias !== 'BiasAdd') || fused.length > 2) {
    context.refuse(`it is fused with ${fused.join(', ')}`);
  }
  const kernel = depthwise ? depthwiseKernel(context) : channelsFirstKernel(context);
  const weights = graph.floats(kernel.data, kernel.shape);
  const image = graph.node('Transpose', [context.input(0)], { attributes: TO_CHANNELS_FIRST });
  const inputs = [image, weights, ...(bias === undefined ? [] : [context.input(2)])];
  const convolved = graph.node('Conv', inputs, {
    attributes: {
      ...window(context),
      kernel_shape: { ints: kernel.shape.slice(2) },
      dilations: { ints: spatial(context, 'dilations') },
      group: { int: depthwise ? Number(context.weight(1).shape[2]) : 1 },
    },
  });
  const activated = activate(context, convolved, activation);
  emit(context, 'Transpose', [activated], TO_CHANNELS_LAST);
}

function activate(context: NodeContext, input: string, activation: string | undefined): string {
  if (activation === undefined) return input;
  if (activation === 'Relu') return context.graph.node('Relu', [input]);
  if (activation === 'Relu6') return context.graph.node('Clip', [input, ...zeroAndSix(context)]);
  return context.refuse(`it is fused with ${activation}`);
}

type Kernel = { readonly data: Float32Array; readonly shape: readonly number[] };

/** Height, width, in, out becomes out, in, height, width. */
function channelsFirstKernel(context: NodeContext): Kernel {
  const [height, width, channels, filters, data] = kernelOf(context);
  const result = new Float32Array(data.length);
  for (let from = 0; from < data.length; from++) {
    const filter = from % filters;
    const channel = Math.floor(from / filters) % channels;
    const place = Math.floor(from / (filters * channels));
    result[(filter * channels + channel) * height * width + place] = data[from] ?? 0;
  }
  return { data: result, shape: [filters, channels, height, width] };
}

/** Height, width, channels, multiplier becomes channels x multiplier, 1, height, width. */
function depthwiseKernel(context: NodeContext): Kernel {
  const [height, width, channels, multiplier, data] = kernelOf(context);
  const filters = channels * multiplier;
  const result = new Float32Array(data.length);
  for (let from = 0; from < data.length; from++) {
    result[(from % filters) * height * width + Math.floor(from / filters)] = data[from] ?? 0;
  }
  return { data: result, shape: [filters, 1, height, width] };
}

function kernelOf(context: NodeContext): readonly [number, number, number, number, Float32Array] {
  const weight: GraphWeight = context.weight(1);
  const [height, width, channels, last] = weight.shape;
  if (
    weight.type !== 'float32' ||
    height === undefined ||
    width === undefined ||
    channels === undefined ||
    last === undefined
  ) {
    return context.refuse('its kernel is not a float32 tensor of four dimensions');
  }
  return [height, width, channels, last, weight.data];
}

function maxPool(context: NodeContext): void {
  const { graph } = context;
  const image = graph.node('Transpose', [context.input(0)], { attributes: TO_CHANNELS_FIRST });
  const pooled = graph.node('MaxPool', [image], {
    attributes: { ...window(context), kernel_shape: { ints: spatial(context, 'ksize') } },
  });
  emit(context, 'Transpose', [pooled], TO_CHANNELS_LAST);
}

/** Strides and padding. TensorFlow's SAME puts the odd pixel at the lower right, as SAME_UPPER does. */
function window(context: NodeContext): Readonly<Record<string, OnnxAttribute>> {
  const padding = context.word('padding');
  if (padding !== 'SAME' && padding !== 'VALID') context.refuse(`its padding is ${padding}`);
  return {
    strides: { ints: spatial(context, 'strides') },
    auto_pad: { word: padding === 'SAME' ? 'SAME_UPPER' : 'VALID' },
  };
}

/** Height and width of a list that has one number for each dimension of a channels-last tensor. */
function spatial(context: NodeContext, attribute: string): readonly number[] {
  if (context.word('data_format') !== 'NHWC') context.refuse('its data format is not NHWC');
  const list = context.integerList(attribute);
  if (list.length !== 4 || list[0] !== 1 || list[3] !== 1)
    context.refuse(`"${attribute}" is ${list.join(', ')}`);
  return list.slice(1, 3);
}

/**
 * The size is given for all four dimensions: with an `axes` attribute onnxruntime 1.30 permutes `sizes` as if it had a
 * number for each dimension when it moves transpositions, and then refuses the node.
 */
function resizeBilinear(context: NodeContext): void {
  const { graph } = context;
  const image = context.input(0);
  const count = graph.node('Shape', [image], {
    attributes: { start: { int: 0 }, end: { int: 1 } },
  });
  const channels = graph.node('Shape', [image], {
    attributes: { start: { int: 3 }, end: { int: 4 } },
  });
  const sizes = graph.node('Concat', [count, graph.int64s(context.integers(1)), channels], {
    attributes: { axis: { int: 0 } },
  });
  const places = context.flag('align_corners')
    ? 'align_corners'
    : context.flag('half_pixel_centers')
      ? 'half_pixel'
      : 'asymmetric';
  emit(context, 'Resize', [image, '', '', sizes], {
    mode: { word: 'linear' },
    coordinate_transformation_mode: { word: places },
  });
}

function mean(context: NodeContext): void {
  const axes = context.graph.int64s(context.integers(1));
  emit(context, 'ReduceMean', [context.input(0), axes], {
    keepdims: { int: context.flag('keep_dims') ? 1 : 0 },
  });
}

function squaredDifference(context: NodeContext): void {
  const difference = context.graph.node('Sub', context.inputs);
  emit(context, 'Mul', [difference, difference]);
}

/** Rounds down for either sign: what is left after the remainder, which takes the divisor's sign, divides exactly. */
function floorDivision(context: NodeContext): void {
  const { graph } = context;
  onlyIntegers(context);
  const [dividend, divisor] = [context.input(0), context.input(1)];
  const whole = graph.node('Sub', [dividend, graph.node('Mod', [dividend, divisor])]);
  emit(context, 'Div', [whole, divisor]);
}

function floorRemainder(context: NodeContext): void {
  onlyIntegers(context);
  emit(context, 'Mod', [context.input(0), context.input(1)]);
}

function onlyIntegers(context: NodeContext): void {
  if (typeOf(context, 'T') !== 'int32') context.refuse('it divides other than int32 numbers');
}

function cast(context: NodeContext): void {
  emit(context, 'Cast', [context.input(0)], {
    to: { int: onnxTypeNumber(typeOf(context, 'DstT')) },
  });
}
