import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  TensorProto_DataType as DataType,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import type { MessageInitShape } from '@bufbuild/protobuf';

/** Element types that the graphs here use. */
export type OnnxType = 'float32' | 'int32' | 'int64' | 'bool';

/** What an ONNX attribute may be: whole number, whole numbers, or a word. */
export type OnnxAttribute =
  { readonly int: number } | { readonly ints: readonly number[] } | { readonly word: string };

/** An input or output of a graph; a size of -1 is left open, as is a shape that is not given. */
export type OnnxPort = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape?: readonly number[];
};

/** A graph being written: nodes in order of execution, constants, ports. */
export interface OnnxGraph {
  /** Adds an operation and returns the name of its first output, `output` or a fresh name. */
  node(op: string, inputs: readonly string[], options?: OnnxNodeOptions): string;
  /** Adds a constant and returns its name. One that no node reads is left out of the file. */
  floats(values: Float32Array, shape: readonly number[], name?: string): string;
  int32s(values: Int32Array, shape: readonly number[], name?: string): string;
  /** Always of one dimension, as shapes and axes are. */
  int64s(values: readonly number[]): string;
  input(port: OnnxPort): void;
  output(port: OnnxPort): void;
  /** The model file: operator set 18, IR version 9. */
  toBytes(): Uint8Array;
}

/** Settings of one operation. */
export type OnnxNodeOptions = {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Names of all outputs. Default: one fresh name. */
  readonly outputs?: readonly string[];
};

const TYPES: Readonly<Record<OnnxType, DataType>> = {
  float32: DataType.FLOAT,
  int32: DataType.INT32,
  int64: DataType.INT64,
  bool: DataType.BOOL,
};

/** The number that ONNX gives an element type, for the `to` attribute of `Cast`. */
export function onnxTypeNumber(type: OnnxType): number {
  return TYPES[type];
}

/** Starts an empty graph. */
export function onnxGraph(name: string): OnnxGraph {
  const nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  const constants: MessageInitShape<typeof TensorProtoSchema>[] = [];
  const inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  const outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
  let fresh = 0;
  const freshName = (): string => `value_${String(fresh++)}`;

  const constant = (
    type: OnnxType,
    data: Uint8Array,
    shape: readonly number[],
    given?: string,
  ): string => {
    const constantName = given ?? freshName();
    constants.push({
      name: constantName,
      dataType: TYPES[type],
      dims: shape.map(BigInt),
      rawData: new Uint8Array(data),
    });
    return constantName;
  };

  return {
    node(op, from, { attributes = {}, outputs: to = [freshName()] } = {}) {
      nodes.push({
        opType: op,
        name: to[0] ?? '',
        input: [...from],
        output: [...to],
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      });
      return to[0] ?? '';
    },
    floats: (values, shape, given) => constant('float32', bytesOf(values), shape, given),
    int32s: (values, shape, given) => constant('int32', bytesOf(values), shape, given),
    int64s: (values) =>
      constant('int64', bytesOf(BigInt64Array.from(values, BigInt)), [values.length]),
    input: (port) => void inputs.push(portProto(port)),
    output: (port) => void outputs.push(portProto(port)),
    toBytes() {
      const read = new Set([
        ...nodes.flatMap(({ input }) => input ?? []),
        ...outputs.map((port) => port.name),
      ]);
      const initializer = constants.filter((tensor) => read.has(tensor.name ?? ''));
      const model = create(ModelProtoSchema, {
        irVersion: 9n,
        producerName: 'internvid',
        opsetImport: [{ domain: '', version: 18n }],
        graph: { name, node: nodes, initializer, input: inputs, output: outputs },
      });
      return toBinary(ModelProtoSchema, model);
    },
  };
}

function bytesOf(values: Float32Array | Int32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function attributeProto(
  name: string,
  value: OnnxAttribute,
): NonNullable<MessageInitShape<typeof NodeProtoSchema>['attribute']>[number] {
  if ('int' in value) return { name, type: AttributeType.INT, i: BigInt(value.int) };
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) };
  return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.word) };
}

function portProto({ name, type, shape }: OnnxPort): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape?.map((size) =>
    size < 0 ? {} : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  const value = { elemType: TYPES[type], ...(dim === undefined ? {} : { shape: { dim } }) };
  return { name, type: { value: { case: 'tensorType', value } } };
}
