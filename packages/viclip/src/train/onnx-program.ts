import { fromBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from 'onnx-buf';

import { onnxTypeNumber } from '../onnx/onnx-file.js';

/** Whole numbers with their sizes: places, axes and sizes of other values. */
export type Wholes = { readonly wholes: readonly number[]; readonly sizes: readonly number[] };

/** A constant of a graph. */
export type Constant = Wholes | { readonly reals: Float32Array; readonly sizes: readonly number[] };

/** One operation of a graph, in ONNX's words. */
export type ProgramNode = {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values that nothing reads after this node, among them outputs that nothing reads at all. */
  readonly lastReadOf: readonly string[];
  /** Attributes by name; whole numbers as numbers. */
  readonly attributes: ReadonlyMap<string, number | readonly number[]>;
};

/** An ONNX graph as a list of what is to be done. */
export type Program = {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** Each reads only what those before it gave. */
  readonly nodes: readonly ProgramNode[];
};

/**
 * Reads an ONNX file of this package's writer.
 *
 * @throws RangeError for constants that are not float32 or int64 inside the file.
 */
export function readProgram(bytes: Uint8Array): Program {
  const { graph } = fromBinary(ModelProtoSchema, bytes);
  const { input = [], output = [], initializer = [], node = [] } = graph ?? {};
  const inputs = input.map(({ name }) => name);
  const outputs = output.map(({ name }) => name);
  const constants = new Map(initializer.map((tensor) => [tensor.name, constantOf(tensor)]));
  const kept = new Set([...outputs, ...constants.keys()]);
  return { inputs, outputs, constants, nodes: withLastReads(node, kept) };
}

function withLastReads(nodes: readonly NodeProto[], kept: ReadonlySet<string>): ProgramNode[] {
  const readLater = new Set(kept);
  const found = [...nodes].reverse().map((node) => {
    const { opType: op, input: inputs, output: outputs, attribute } = node;
    const lastReadOf = [...new Set([...inputs, ...outputs])].filter(
      (name) => name !== '' && !readLater.has(name),
    );
    for (const name of inputs) readLater.add(name);
    const attributes = new Map(attribute.map((one) => [one.name, attributeOf(one)]));
    return { op, inputs, outputs, lastReadOf, attributes };
  });
  return found.reverse();
}

function attributeOf({ type, i, f, ints }: AttributeProto): number | readonly number[] {
  if (type === AttributeType.INTS) return ints.map(Number);
  return type === AttributeType.FLOAT ? f : Number(i);
}

function constantOf({ name, dataType, dims, rawData }: TensorProto): Constant {
  const sizes = dims.map(Number);
  const { buffer } = rawData.slice();
  if (dataType === onnxTypeNumber('float32')) return { reals: new Float32Array(buffer), sizes };
  if (dataType === onnxTypeNumber('int64')) {
    return { wholes: Array.from(new BigInt64Array(buffer), Number), sizes };
  }
  throw new RangeError(`The constant ${name} has the element type ${dataType}, which is not read.`);
}
