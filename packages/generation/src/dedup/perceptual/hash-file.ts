import { countRows, readTable, ToolkitError, writeTable, type Store } from '@internvid/core';

import { clipHashesTable, type ClipHash } from './clip-hash.js';

/** Hashes in a file, and bytes of it. */
export type WrittenHashes = { readonly clips: number; readonly bytes: number };

/** Writes hashes to a file of their own, to be handed on without the videos: a Parquet table, see `clipHashesTable`. */
export async function writeHashFile(
  store: Store,
  key: string,
  hashes: AsyncIterable<ClipHash>,
  signal?: AbortSignal,
): Promise<WrittenHashes> {
  const writer = writeTable(store, key, clipHashesTable, signal);
  let clips = 0;
  try {
    for await (const hash of hashes) {
      writer.add(hash);
      clips++;
    }
    const { bytes } = await writer.finish();
    return { clips, bytes };
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
}

/**
 * Reads a file of hashes, which may come from anybody.
 *
 * @throws ToolkitError `corrupt` for a file that is cut off, is no such table, or says that it holds more than it has bytes for;
 * `invalid-record` for hashes of another scheme.
 */
export async function* readHashFile(
  store: Store,
  key: string,
  signal?: AbortSignal,
): AsyncGenerator<ClipHash> {
  const rows = await countRows(store, key, signal);
  const bytes = (await store.stat(key, signal))?.bytes ?? 0;
  // Ids differ from row to row, so that a row is never less than a byte.
  if (!(rows >= 0 && rows <= bytes)) {
    const message = `${key} in ${store.location} says that it holds ${rows} clips in ${bytes} bytes. It is no file of hashes.`;
    throw new ToolkitError('corrupt', message, { details: { rows, bytes } });
  }
  try {
    yield* readTable(store, key, clipHashesTable, signal);
  } catch (error) {
    if (ToolkitError.is(error) || signal?.aborted === true) throw error;
    const message = `${key} in ${store.location} cannot be read as hashes of clips. Fetch it again, or make it anew.`;
    throw new ToolkitError('corrupt', message, { cause: error });
  }
}
