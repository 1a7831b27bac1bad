import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';

/** Element types that the graphs here use. */
export type OnnxType = 'float32' | 'float16' | 'int8' | 'int32' | 'int64';

/** What an ONNX attribute may be. */
export type OnnxAttribute =
  { readonly int: number } | { readonly ints: readonly number[] } | { readonly float: number };

/** Settings of one operation. */
export type OnnxNodeOptions = {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** Names of all outputs. Default: one fresh name. */
  readonly outputs?: readonly string[];
  /** Set of operators. Default ONNX's own. */
  readonly domain?: 'com.microsoft';
};

/** A constant whose bytes lie in another file, which stands beside the graph. */
export type ExternalConstant = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  /** Name of the file. */
  readonly location: string;
  readonly offset: number;
  readonly bytes: number;
};

/** An input or output; `batch` is left open. */
export type OnnxPort = {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | 'batch')[];
};

/** An ONNX file being written: nodes in order of execution, constants, ports. */
export interface OnnxFile {
  /** Adds an operation and returns the name of its first output. */
  node(op: string, inputs: readonly string[], options?: OnnxNodeOptions): string;
  /** A small constant inside the file; returns its name. */
  floats(values: readonly number[] | Float32Array, shape: readonly number[]): string;
  int64s(values: readonly number[]): string;
  external(constant: ExternalConstant): void;
  input(port: OnnxPort): void;
  output(port: OnnxPort): void;
  /** The file: operator set 18, IR version 9. */
  toBytes(): Uint8Array;
}

const TYPES: Readonly<Record<OnnxType, DataType>> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  int8: DataType.INT8,
  int32: DataType.INT32,
  int64: DataType.INT64,
};

/** The number that ONNX gives an element type, for the `to` attribute of `Cast`. */
export function onnxTypeNumber(type: OnnxType): number {
  return TYPES[type];
}

type Nodes = MessageInitShape<typeof NodeProtoSchema>[];
type Tensors = MessageInitShape<typeof TensorProtoSchema>[];
type Ports = MessageInitShape<typeof ValueInfoProtoSchema>[];

/** Starts an empty file. */
export function onnxFile(name: string): OnnxFile {
  const nodes: Nodes = [];
  const initializer: Tensors = [];
  const inputs: Ports = [];
  const outputs: Ports = [];
  let fresh = 0;
  const freshName = (): string => `step_${fresh++}`;
  const constant = (type: OnnxType, data: Uint8Array, shape: readonly number[]): string => {
    const to = freshName();
    initializer.push({
      name: to,
      dataType: TYPES[type],
      dims: shape.map(BigInt),
      rawData: new Uint8Array(data),
    });
    return to;
  };

  return {
    node(op, from, { attributes = {}, outputs: to = [freshName()], domain } = {}) {
      nodes.push({
        opType: op,
        name: to[0] ?? '',
        domain: domain ?? '',
        input: [...from],
        output: [...to],
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      });
      return to[0] ?? '';
    },
    floats: (values, shape) =>
      constant('float32', new Uint8Array(Float32Array.from(values).buffer), shape),
    int64s: (values) =>
      constant('int64', new Uint8Array(BigInt64Array.from(values, BigInt).buffer), [values.length]),
    external({ name: to, type, shape, location, offset, bytes }) {
      const externalData = Object.entries({ location, offset, length: bytes }).map(
        ([key, value]) => ({
          key,
          value: String(value),
        }),
      );
      initializer.push({
        name: to,
        dataType: TYPES[type],
        dims: shape.map(BigInt),
        dataLocation: DataLocation.EXTERNAL,
        externalData,
      });
    },
    input: (port) => void inputs.push(portProto(port)),
    output: (port) => void outputs.push(portProto(port)),
    toBytes() {
      const model = create(ModelProtoSchema, {
        irVersion: 9n,
        producerName: 'internvid',
        opsetImport: [
          { domain: '', version: 18n },
          { domain: 'com.microsoft', version: 1n },
        ],
        graph: { name, node: nodes, initializer, input: inputs, output: outputs },
      });
      return toBinary(ModelProtoSchema, model);
    },
  };
}

function attributeProto(
  name: string,
  value: OnnxAttribute,
): NonNullable<MessageInitShape<typeof NodeProtoSchema>['attribute']>[number] {
  if ('int' in value) return { name, type: AttributeType.INT, i: BigInt(value.int) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: value.ints.map(BigInt) };
}

function portProto({ name, type, shape }: OnnxPort): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((size) =>
    size === 'batch'
      ? { value: { case: 'dimParam' as const, value: 'batch' } }
      : { value: { case: 'dimValue' as const, value: BigInt(size) } },
  );
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType: TYPES[type], shape: { dim } } } },
  };
}
