import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolkitError } from '@internvid/core';

/** A constant of a graph model, decoded. Row-major. */
export type GraphWeight =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array };

/** The value of a node's attribute as `model.json` writes it. Strings are base64, integers decimal strings. */
export type GraphAttribute = {
  readonly s?: string;
  readonly i?: string | number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: string;
  readonly list?: { readonly s?: readonly string[]; readonly i?: readonly (string | number)[] };
  readonly shape?: { readonly dim?: readonly { readonly size: string | number }[] };
};

/** An operation of a graph model, in TensorFlow's terms. */
export type GraphNode = {
  readonly name: string;
  readonly op: string;
  /** Names of tensors: a node's name, or `name:index` for a further output of it. */
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, GraphAttribute>>;
};

/** A tfjs graph model as it lies on disk. */
export type GraphModel = {
  readonly nodes: readonly GraphNode[];
  /** By name of the `Const` node that they belong to. */
  readonly weights: ReadonlyMap<string, GraphWeight>;
  /** SHA-256 over `model.json` and its weight files, lower-case hex. */
  readonly sha256: string;
};

type WeightEntry = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string };
};

type ModelJson = {
  readonly format?: string;
  readonly modelTopology?: { readonly node?: readonly GraphNode[] };
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightEntry[];
  }[];
};

/**
 * Reads a tfjs graph model: `model.json` and the weight files that it names, which lie beside it.
 * Weights may be float32, float16 (read as float32) or int32.
 *
 * @throws ToolkitError `corrupt` for what is no such model, `not-found` where a file is missing.
 */
export async function readGraphModel(path: string): Promise<GraphModel> {
  const source = await readModelFile(path);
  const model = parseModel(source, path);
  const hash = createHash('sha256').update(source);
  const weights = new Map<string, GraphWeight>();
  for (const group of model.weightsManifest) {
    const shards = await Promise.all(
      group.paths.map((name) => readModelFile(join(dirname(path), name))),
    );
    const bytes = Buffer.concat(shards);
    hash.update(bytes);
    decodeWeights(bytes, group.weights, weights, path);
  }
  return { nodes: model.modelTopology.node, weights, sha256: hash.digest('hex') };
}

async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new ToolkitError(
      'not-found',
      `The model file ${path} cannot be read: reinstall the package that holds it.`,
      { cause },
    );
  }
}

function parseModel(
  source: Buffer,
  path: string,
): {
  readonly modelTopology: { readonly node: readonly GraphNode[] };
  readonly weightsManifest: NonNullable<ModelJson['weightsManifest']>;
} {
  let model: ModelJson;
  try {
    model = JSON.parse(source.toString('utf8')) as ModelJson;
  } catch (cause) {
    throw new ToolkitError('corrupt', `The model ${path} is not JSON.`, { cause });
  }
  const node = model.modelTopology?.node;
  if (model.format !== 'graph-model' || node === undefined || model.weightsManifest === undefined) {
    throw new ToolkitError('corrupt', `${path} is not a tfjs graph model.`);
  }
  return { modelTopology: { node }, weightsManifest: model.weightsManifest };
}

function decodeWeights(
  bytes: Buffer,
  entries: readonly WeightEntry[],
  into: Map<string, GraphWeight>,
  path: string,
): void {
  let offset = 0;
  for (const { name, shape, dtype, quantization } of entries) {
    const count = shape.reduce((product, size) => product * size, 1);
    const stored = quantization?.dtype ?? dtype;
    const length = count * (stored === 'float16' ? 2 : 4);
    if (offset + length > bytes.length) {
      throw new ToolkitError(
        'corrupt',
        `The weight files of ${path} end inside "${name}": reinstall the package that holds them.`,
      );
    }
    const part = bytes.subarray(offset, offset + length);
    into.set(name, decodeWeight(part, count, shape, `${dtype} as ${stored}`, name));
    offset += length;
  }
  if (offset !== bytes.length) {
    throw new ToolkitError(
      'corrupt',
      `The weight files of ${path} hold ${bytes.length - offset} bytes too many.`,
    );
  }
}

function decodeWeight(
  bytes: Buffer,
  count: number,
  shape: readonly number[],
  kind: string,
  name: string,
): GraphWeight {
  switch (kind) {
    case 'float32 as float32':
      return {
        type: 'float32',
        shape,
        data: Float32Array.from({ length: count }, (_, i) => bytes.readFloatLE(i * 4)),
      };
    case 'float32 as float16':
      return {
        type: 'float32',
        shape,
        data: Float32Array.from({ length: count }, (_, i) =>
          fromFloat16(bytes.readUInt16LE(i * 2)),
        ),
      };
    case 'int32 as int32':
      return {
        type: 'int32',
        shape,
        data: Int32Array.from({ length: count }, (_, i) => bytes.readInt32LE(i * 4)),
      };
    default:
      throw new ToolkitError(
        'corrupt',
        `The weight "${name}" is stored as ${kind}, which this reader does not know.`,
      );
  }
}

/** IEEE 754 half precision: one sign bit, five exponent bits with bias 15, ten fraction bits. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
