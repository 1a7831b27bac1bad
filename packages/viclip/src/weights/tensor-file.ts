import { open, type FileHandle } from 'node:fs/promises';

import { ToolkitError } from '@internvid/core';

import type { DataType } from './data-types.js';

/** A tensor as it lies in a file. */
export type StoredTensor = { readonly type: DataType; readonly shape: readonly number[] };

/** A file of named tensors. Only its description is held in memory: tensors are read one at a time, when asked for. */
export interface TensorFile extends AsyncDisposable {
  readonly path: string;
  readonly format: 'safetensors' | 'pytorch-zip' | 'pytorch-legacy';
  /** Size of the file. */
  readonly bytes: number;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Words that the file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Other things in the file, by name, which are not read: what a training run keeps beside its weights. */
  readonly beside: readonly string[];
  /**
   * The numbers of a tensor, row-major, as float32.
   *
   * @throws RangeError for a name that the file does not have. ToolkitError `unreadable` where the file fails.
   */
  read(name: string, signal?: AbortSignal): Promise<Float32Array>;
}

/** A file read by position. */
export interface PositionedFile extends AsyncDisposable {
  readonly path: string;
  readonly bytes: number;
  /** Exactly `length` bytes. @throws ToolkitError `corrupt` where the file ends before them. */
  read(position: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** A single read of a file must stay below 2 GiB. */
const CHUNK = 64 * 1024 * 1024;

/** Opens a file. @throws ToolkitError `not-found` or `unreadable`. */
export async function openPositioned(path: string): Promise<PositionedFile> {
  const handle = await openHandle(path);
  try {
    const { size } = await handle.stat();
    return {
      path,
      bytes: size,
      read: (position, length, signal) =>
        readExactly(handle, { path, size, position, length }, signal),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (cause) {
    await handle.close();
    throw cause;
  }
}

async function openHandle(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ToolkitError(
      missing ? 'not-found' : 'unreadable',
      missing ? `There is no file ${path}.` : `The file ${path} cannot be opened.`,
      { cause },
    );
  }
}

type Wanted = {
  readonly path: string;
  readonly size: number;
  readonly position: number;
  readonly length: number;
};

async function readExactly(
  handle: FileHandle,
  { path, size, position, length }: Wanted,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  // Checked before the memory is asked for, so that a lying header costs none.
  if (position + length > size) {
    throw corrupt(
      path,
      `it ends at byte ${size}, inside bytes ${position} to ${position + length}`,
    );
  }
  const result = new Uint8Array(length);
  for (let done = 0; done < length;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(
      result,
      done,
      Math.min(CHUNK, length - done),
      position + done,
    );
    if (bytesRead === 0) throw corrupt(path, `it became shorter while it was read`);
    done += bytesRead;
  }
  return result;
}

/** The error of a file that is not what it should be. */
export function corrupt(path: string, why: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'corrupt',
    `${path} cannot be read as a checkpoint: ${why}. Fetch or convert it again.`,
    cause === undefined ? {} : { cause },
  );
}

/**
 * Number of elements of a shape that comes from outside.
 *
 * @returns undefined where a size is not a whole number from 0 on, or the product is past exact numbers.
 */
export function checkedElements(shape: readonly unknown[]): number | undefined {
  let product = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
    product *= size;
  }
  return Number.isSafeInteger(product) ? product : undefined;
}
