import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

import { canonicalJson, ToolkitError, type Producer } from '@internvid/core';

import type { DataType } from '../weights/data-types.js';
import { openSafetensors, type TensorPlace } from '../weights/safetensors.js';
import { openPositioned } from '../weights/tensor-file.js';
import { toHalfFloats } from './half-floats.js';
import { unitVector } from './unit-vector.js';
import { numberBytes, type VectorFormat } from './vector-format.js';

/** A file of vectors with ids. */
export type VectorFile = {
  readonly path: string;
  readonly dimension: number;
  readonly format: VectorFormat;
  /** Which encoder made the vectors. */
  readonly by: Producer;
  /** In the order of the rows. */
  readonly ids: readonly string[];
  /** Where the first row begins, in bytes. */
  readonly offset: number;
};

/** How a file of vectors is written. */
export type WriteVectorFileOptions = {
  /** A multiple of 8. */
  readonly dimension: number;
  /** The encoder: its vectors are not to be compared with those of another. */
  readonly by: Producer;
  /** Default `float32`. */
  readonly format?: VectorFormat;
  readonly signal?: AbortSignal;
};

/** The header is written last, when the number of rows is known, into this space. */
const HEADER_BYTES = 65_536;
const BATCH_ROWS = 1024;
const FORMATS: Partial<Record<DataType, VectorFormat>> = { F32: 'float32', F16: 'float16' };

/**
 * Writes vectors, scaled to unit length, as a safetensors file: `vectors` [rows, dimension] and `ids`, UTF-8 lines. The file
 * appears whole or not at all; of the vectors only some thousand are in memory.
 *
 * @throws RangeError for an id that came before or has a line break, a vector of a wrong length, all zero or not finite.
 */
export async function writeVectorFile(
  path: string,
  vectors: AsyncIterable<{ readonly id: string; readonly vector: Float32Array }>,
  options: WriteVectorFileOptions,
): Promise<void> {
  checkDimension(options.dimension);
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  const handle = await open(unfinished, 'wx');
  try {
    await writeAll(handle, vectors, options);
    await handle.datasync();
    await handle.close();
    await rename(unfinished, path);
  } finally {
    await handle.close();
    await rm(unfinished, { force: true });
  }
}

/**
 * Reads what a file of vectors holds, without the vectors.
 *
 * @throws ToolkitError `not-found`, `unreadable`, and `corrupt` for a file that is no whole file of vectors.
 */
export async function readVectorFile(path: string): Promise<VectorFile> {
  await using file = await openSafetensors(path);
  const [vectors, ids] = [file.tensors.get('vectors'), file.tensors.get('ids')];
  const [rows, dimension] = vectors?.shape ?? [];
  const format = vectors === undefined ? undefined : FORMATS[vectors.type];
  if (!vectors || !ids || rows === undefined || dimension === undefined || format === undefined) {
    throw corrupt(path);
  }
  if (!isDimension(dimension)) throw corrupt(path);
  const lines = await readIds(path, ids);
  const list = rows === 0 ? [] : lines.split('\n');
  if (list.length !== rows) throw corrupt(path);
  const by = parseProducer(file.metadata['producer'], path);
  return { path, dimension, format, by, ids: list, offset: vectors.offset };
}

async function writeAll(
  handle: FileHandle,
  vectors: AsyncIterable<{ readonly id: string; readonly vector: Float32Array }>,
  { dimension, by, format = 'float32', signal }: WriteVectorFileOptions,
): Promise<void> {
  const rowBytes = dimension * numberBytes(format);
  const ids = new Set<string>();
  const batch = new Uint8Array(rowBytes * BATCH_ROWS);
  let end = HEADER_BYTES;
  let filled = 0;
  const flush = async (): Promise<void> => {
    await handle.write(batch, 0, filled, end);
    end += filled;
    filled = 0;
  };
  for await (const { id, vector } of vectors) {
    signal?.throwIfAborted();
    if (ids.has(id)) throw new RangeError(`"${id}" came before: ids are unique.`);
    if (id.includes('\n')) throw new RangeError(`The id "${id}" has a line break.`);
    ids.add(id);
    writeRow(unitVector(vector, dimension), format, batch, filled);
    filled += rowBytes;
    if (filled === batch.length) await flush();
  }
  await flush();
  const names = Buffer.from([...ids].join('\n'), 'utf8');
  await handle.write(names, 0, names.length, end);
  const header = headerOf({ rows: ids.size, dimension, format, by, idBytes: names.length });
  await handle.write(header, 0, header.length, 0);
}

function writeRow(unit: Float32Array, format: VectorFormat, batch: Uint8Array, at: number): void {
  if (format === 'float32') new Float32Array(batch.buffer, at, unit.length).set(unit);
  else toHalfFloats(unit, new Uint16Array(batch.buffer, at, unit.length));
}

function headerOf(facts: {
  readonly rows: number;
  readonly dimension: number;
  readonly format: VectorFormat;
  readonly by: Producer;
  readonly idBytes: number;
}): Buffer {
  const { rows, dimension, format, by, idBytes } = facts;
  const end = rows * dimension * numberBytes(format);
  const dtype = format === 'float32' ? 'F32' : 'F16';
  const json = JSON.stringify({
    __metadata__: { producer: canonicalJson(by) },
    vectors: { dtype, shape: [rows, dimension], data_offsets: [0, end] },
    ids: { dtype: 'U8', shape: [idBytes], data_offsets: [end, end + idBytes] },
  });
  const length = HEADER_BYTES - 8;
  if (Buffer.byteLength(json) > length) {
    throw new RangeError(`The producer does not fit into a header of ${length} bytes.`);
  }
  const header = Buffer.alloc(HEADER_BYTES, ' ');
  header.writeBigUInt64LE(BigInt(length), 0);
  header.write(json, 8, 'utf8');
  return header;
}

function checkDimension(dimension: number): void {
  if (isDimension(dimension)) return;
  throw new RangeError(`dimension must be a multiple of 8, got ${dimension}.`);
}

function isDimension(dimension: number): boolean {
  return Number.isInteger(dimension) && dimension >= 8 && dimension % 8 === 0;
}

async function readIds(path: string, { offset, bytes }: TensorPlace): Promise<string> {
  await using file = await openPositioned(path);
  return Buffer.from(await file.read(offset, bytes)).toString('utf8');
}

function parseProducer(json: string | undefined, path: string): Producer {
  try {
    return JSON.parse(json ?? '') as Producer;
  } catch (cause) {
    throw corrupt(path, cause);
  }
}

function corrupt(path: string, cause?: unknown): ToolkitError {
  const message = `${path} is no whole file of vectors: write it anew.`;
  return new ToolkitError('corrupt', message, cause === undefined ? {} : { cause });
}
