import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ToolkitError } from '@internvid/core';

import { safetensorsHeader, type HeaderEntry, type TensorPlace } from './safetensors.js';

/** A tensor to be written; its bytes are asked for when their turn comes. */
export type TensorToWrite = HeaderEntry & {
  readonly read: (signal: AbortSignal | undefined) => Promise<Uint8Array>;
};

/** How far a file is. */
export type WriteProgress = { readonly bytesDone: number; readonly bytesTotal: number };

/** A safetensors file that was written. */
export type WrittenTensors = {
  readonly bytes: number;
  /** Of the file, lower-case hex. */
  readonly sha256: string;
  readonly places: ReadonlyMap<string, TensorPlace>;
};

/** Settings of `writeTensors`. */
export type WriteTensorsOptions = {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
};

/**
 * Writes a safetensors file, one tensor in memory at a time. It appears under its name when it is whole.
 *
 * @throws ToolkitError `store-failed` where it cannot be written; what reading a tensor throws.
 */
export async function writeTensors(
  path: string,
  tensors: readonly TensorToWrite[],
  { metadata = {}, signal, onProgress }: WriteTensorsOptions = {},
): Promise<WrittenTensors> {
  const { bytes: header, places } = safetensorsHeader(tensors, metadata);
  const bytesTotal = [...places.values()].reduce((sum, { bytes }) => sum + bytes, header.length);
  const unfinished = `${path}.${process.pid}.tmp`;
  const hash = createHash('sha256');
  let bytesDone = 0;
  try {
    await writable(path, () => mkdir(dirname(path), { recursive: true }));
    const handle = await writable(path, () => open(unfinished, 'w'));
    try {
      const append = async (bytes: Uint8Array): Promise<void> => {
        hash.update(bytes);
        await writable(path, () => handle.writeFile(bytes));
        bytesDone += bytes.length;
        onProgress?.({ bytesDone, bytesTotal });
      };
      await append(header);
      for (const tensor of tensors) {
        signal?.throwIfAborted();
        await append(await exactBytes(tensor, places, signal));
      }
      await writable(path, () => handle.sync());
    } finally {
      await handle.close();
    }
    await writable(path, () => rename(unfinished, path));
  } finally {
    // What cannot be there cannot be removed, and must not hide why.
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
  return { bytes: bytesTotal, sha256: hash.digest('hex'), places };
}

async function exactBytes(
  tensor: TensorToWrite,
  places: ReadonlyMap<string, TensorPlace>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = await tensor.read(signal);
  const expected = places.get(tensor.name)?.bytes;
  if (bytes.length !== expected) {
    throw new RangeError(
      `${tensor.name} has ${bytes.length} bytes, its shape needs ${String(expected)}.`,
    );
  }
  return bytes;
}

async function writable<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('store-failed', `${path} cannot be written: ${why}`, { cause });
  }
}
