import { describe, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type {
  GraphAttribute,
  GraphModel,
  GraphNode,
  GraphWeight,
} from '../../src/models/graph-model.js';
import { tfjsToOnnx } from '../../src/models/tfjs-to-onnx.js';

const word = (text: string): GraphAttribute => ({ s: Buffer.from(text).toString('base64') });
const words = (...texts: string[]): GraphAttribute => ({
  list: { s: texts.map((text) => Buffer.from(text).toString('base64')) },
});
const list = (...numbers: number[]): GraphAttribute => ({ list: { i: numbers.map(String) } });
const WINDOW = {
  data_format: word('NHWC'),
  padding: word('SAME'),
  strides: list(1, 1, 1, 1),
  dilations: list(1, 1, 1, 1),
};

type Constants = Record<string, GraphWeight>;
const floats = (shape: number[], ...data: number[]): GraphWeight => ({
  type: 'float32',
  shape,
  data: Float32Array.from(data),
});
const ints = (...data: number[]): GraphWeight => ({
  type: 'int32',
  shape: [data.length],
  data: Int32Array.from(data),
});
const int = (value: number): GraphWeight => ({
  type: 'int32',
  shape: [],
  data: Int32Array.of(value),
});

/** A graph with the input `x`, the constants and the nodes given; the node `y` is the output. */
function graph(shape: number[], constants: Constants, nodes: GraphNode[]): GraphModel {
  const dim = shape.map((size) => ({ size: String(size) }));
  const input: GraphNode = {
    name: 'x',
    op: 'Placeholder',
    attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } },
  };
  const names = Object.keys(constants).map((name): GraphNode => ({ name, op: 'Const' }));
  return {
    nodes: [...nodes, ...names, input],
    weights: new Map(Object.entries(constants)),
    sha256: '',
  };
}

async function run(
  model: GraphModel,
  x: number[],
): Promise<{ data: number[]; shape: readonly number[] }> {
  const session = await InferenceSession.create(tfjsToOnnx(model, ['y']));
  const port = session.inputMetadata[0];
  const shape = port?.isTensor === true ? port.shape.map(Number) : [];
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(x), shape) });
  return { data: [...(y!.data as Float32Array)], shape: y!.dims };
}

const toFloat: GraphNode = {
  name: 'y',
  op: 'Cast',
  input: ['z'],
  attr: { DstT: { type: 'DT_FLOAT' } },
};

describe('tfjsToOnnx', () => {
  it('turns kernels of height, width, in, out and adds the fused bias and activation', async () => {
    const kernel = floats([1, 1, 2, 2], 1, 10, 2, -20);
    const attr = { ...WINDOW, fused_ops: words('BiasAdd', 'Relu6') };
    const model = graph([1, 1, 1, 2], { k: kernel, b: floats([2], 0.5, 1) }, [
      { name: 'y', op: '_FusedConv2D', input: ['x', 'k', 'b'], attr },
    ]);
    expect(await run(model, [1, 2])).toEqual({ data: [5.5, 0], shape: [1, 1, 1, 2] });
    expect((await run(model, [3, 2])).data[0]).toBe(6);
  });

  it('pads the odd pixel of SAME at the lower right', async () => {
    const attr = { ...WINDOW, strides: list(1, 2, 2, 1) };
    const model = graph([1, 2, 2, 1], { k: floats([3, 3, 1, 1], 1, 0, 0, 0, 0, 0, 0, 0, 0) }, [
      { name: 'y', op: 'Conv2D', input: ['x', 'k'], attr },
    ]);
    expect((await run(model, [7, 8, 9, 10])).data).toEqual([7]);
  });

  it('keeps the channels of a depthwise convolution apart', async () => {
    const model = graph([1, 1, 2, 2], { k: floats([1, 1, 2, 1], 2, 3) }, [
      { name: 'y', op: 'DepthwiseConv2dNative', input: ['x', 'k'], attr: WINDOW },
    ]);
    expect((await run(model, [1, 10, 2, 20])).data).toEqual([2, 30, 4, 60]);
  });

  it('resizes from the corner unless the node says otherwise', async () => {
    const resized = async (settings: { corners: boolean; centres: boolean }): Promise<number[]> => {
      const attr = {
        align_corners: { b: settings.corners },
        half_pixel_centers: { b: settings.centres },
      };
      const node = { name: 'y', op: 'ResizeBilinear', input: ['x', 's'], attr };
      const { data } = await run(
        graph([1, 2, 2, 2], { s: ints(2, 4) }, [node]),
        [0, 9, 4, 9, 0, 9, 4, 9],
      );
      return data.filter((_, at) => at % 2 === 0).slice(0, 4);
    };
    expect(await resized({ corners: false, centres: false })).toEqual([0, 2, 4, 4]);
    expect(await resized({ corners: false, centres: true })).toEqual([0, 1, 3, 4]);
    expect(
      (await resized({ corners: true, centres: false })).map((value) => Number(value.toFixed(4))),
    ).toEqual([0, 1.3333, 2.6667, 4]);
  });

  it('takes the largest of neighbours, means, and limits to six', async () => {
    const pool = { ...WINDOW, ksize: list(1, 1, 3, 1) };
    const model = graph([1, 1, 3, 1], { axes: ints(1, 2) }, [
      { name: 'pool', op: 'MaxPool', input: ['x'], attr: pool },
      { name: 'six', op: 'Relu6', input: ['pool'] },
      { name: 'y', op: 'Mean', input: ['six', 'axes'], attr: { keep_dims: { b: false } } },
    ]);
    expect(await run(model, [1, 2, 9])).toEqual({ data: [14 / 3].map(Math.fround), shape: [1, 1] });
  });

  it('divides whole numbers down for either sign', async () => {
    const attr = { T: { type: 'DT_INT32' } };
    const to32: GraphNode = {
      name: 'i',
      op: 'Cast',
      input: ['x'],
      attr: { DstT: { type: 'DT_INT32' } },
    };
    const quotient = graph([4], { d: int(3) }, [
      to32,
      { name: 'z', op: 'FloorDiv', input: ['i', 'd'], attr },
      toFloat,
    ]);
    expect((await run(quotient, [7, -7, 6, -1])).data).toEqual([2, -3, 2, -1]);
    const rest = graph([4], { d: int(3) }, [
      to32,
      { name: 'z', op: 'FloorMod', input: ['i', 'd'], attr },
      toFloat,
    ]);
    expect((await run(rest, [7, -7, 6, -1])).data).toEqual([1, 2, 0, 2]);
  });

  it('slices with masks and drops shrunk dimensions', async () => {
    const masks = (end: number, shrink: number): GraphNode['attr'] => ({
      begin_mask: { i: '1' },
      end_mask: { i: String(end) },
      shrink_axis_mask: { i: String(shrink) },
      ellipsis_mask: { i: '0' },
      new_axis_mask: { i: '0' },
    });
    const constants = { b: ints(1, 1), e: ints(1, 2), s: ints(1, 1) };
    const whole = graph([2, 3], constants, [
      { name: 'y', op: 'StridedSlice', input: ['x', 'b', 'e', 's'], attr: masks(3, 0)! },
    ]);
    expect(await run(whole, [1, 2, 3, 4, 5, 6])).toEqual({ data: [2, 3, 5, 6], shape: [2, 2] });
    const column = graph([2, 3], constants, [
      { name: 'y', op: 'StridedSlice', input: ['x', 'b', 'e', 's'], attr: masks(1, 2)! },
    ]);
    expect(await run(column, [1, 2, 3, 4, 5, 6])).toEqual({ data: [2, 5], shape: [2] });
  });

  it('gives the places of the largest values as a second output', async () => {
    const model = graph([4], { k: int(2) }, [
      { name: 't', op: 'TopKV2', input: ['x', 'k'], attr: { sorted: { b: true } } },
      { ...toFloat, input: ['t:1'] },
    ]);
    expect((await run(model, [3, 9, 1, 7])).data).toEqual([1, 3]);
  });

  it('gathers, joins, reshapes and adds dimensions', async () => {
    const constants = { rows: ints(1, 0), axis: int(0), minus: int(-1), shape: ints(4, 1) };
    const model = graph([2, 2], constants, [
      { name: 'g', op: 'GatherV2', input: ['x', 'rows', 'axis'], attr: { batch_dims: { i: '0' } } },
      { name: 'r', op: 'Reshape', input: ['g', 'shape'] },
      { name: 'c', op: 'ConcatV2', input: ['r', 'r', 'minus'] },
      { name: 'y', op: 'ExpandDims', input: ['c', 'axis'] },
    ]);
    expect(await run(model, [1, 2, 3, 4])).toEqual({
      data: [3, 3, 4, 4, 1, 1, 2, 2],
      shape: [1, 4, 2],
    });
  });

  it('pads each axis at its start and at its end', async () => {
    const constants = { pads: ints(0, 1, 2, 0), one: floats([], 1) };
    const model = graph([1, 2], constants, [
      { name: 's', op: 'AddV2', input: ['x', 'one'] },
      { name: 'y', op: 'Pad', input: ['s', 'pads'] },
    ]);
    expect(await run(model, [1, 2])).toEqual({
      data: [0, 0, 2, 3, 0, 0, 0, 0],
      shape: [2, 4],
    });
  });

  it('refuses an operation that it does not know, by name', () => {
    const model = graph([1], {}, [{ name: 'y', op: 'Einsum', input: ['x'] }]);
    expect(() => tfjsToOnnx(model, ['y'])).toThrow(/"y" is a Einsum/);
  });

  it('refuses a setting that it does not know', () => {
    const attr = { ...WINDOW, fused_ops: words('BiasAdd', 'Elu') };
    const model = graph([1, 1, 1, 1], { k: floats([1, 1, 1, 1], 1), b: floats([1], 0) }, [
      { name: 'y', op: '_FusedConv2D', input: ['x', 'k', 'b'], attr },
    ]);
    expect(() => tfjsToOnnx(model, ['y'])).toThrow(/fused with Elu/);
    const explicit = graph([1, 1, 1, 1], { k: floats([1, 1, 1, 1], 1) }, [
      {
        name: 'y',
        op: 'Conv2D',
        input: ['x', 'k'],
        attr: { ...WINDOW, padding: word('EXPLICIT') },
      },
    ]);
    expect(() => tfjsToOnnx(explicit, ['y'])).toThrow(/padding is EXPLICIT/);
  });
});
