import { Readable } from 'node:stream';

import type { Store } from '@internvid/core';
import { extract, pack } from 'tar-stream';

/** A file to go into a tar. */
export type TarEntry = { readonly name: string; readonly bytes: Uint8Array };

const BLOCK = 512;
/** The Unix epoch and user 0: a tar of the same entries is the same bytes on every machine. */
const FIXED = { mtime: new Date(0), uid: 0, gid: 0, mode: 0o644 };

/** The two empty blocks at the end of a tar. */
export const TAR_END_BYTES: number = 2 * BLOCK;

/** What an entry takes in a tar: its header and its bytes, each filled up to whole blocks. */
export function tarBytes(entry: TarEntry): number {
  return BLOCK + Math.ceil(entry.bytes.byteLength / BLOCK) * BLOCK;
}

/** The bytes of a tar (ustar), as its entries come. */
export async function* tarOf(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array> {
  const archive = pack();
  const filled = fill(archive, entries);
  // An error reaches the reader through the archive; this only keeps it from being unhandled.
  filled.catch(() => undefined);
  try {
    for await (const chunk of archive) yield chunk as Uint8Array;
    await filled;
  } finally {
    archive.destroy();
    await filled.catch(() => undefined);
  }
}

async function fill(
  archive: ReturnType<typeof pack>,
  entries: AsyncIterable<TarEntry>,
): Promise<void> {
  try {
    for await (const { name, bytes } of entries) {
      await new Promise<void>((resolve, reject) => {
        archive.entry(
          { ...FIXED, name },
          Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
          (error) => {
            if (error) reject(error);
            else resolve();
          },
        );
      });
    }
    archive.finalize();
  } catch (error) {
    archive.destroy(error as Error);
    throw error;
  }
}

/** Reads a tar entry by entry. @throws Error of tar-stream for what is no tar or ends within an entry. */
export async function* tarEntries(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TarEntry> {
  const archive = extract();
  const source = Readable.from(store.stream(key, signal));
  source.on('error', (error) => archive.destroy(error));
  source.pipe(archive);
  try {
    for await (const entry of archive) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      yield { name: entry.header.name, bytes: Buffer.concat(chunks) };
    }
  } finally {
    source.destroy();
    archive.destroy();
  }
}

/** Whether a tar ends as it must: one that was cut between two entries reads without an error. */
export async function hasTarEnd(
  store: Store,
  key: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const info = await store.stat(key, signal);
  if (info === undefined || info.bytes < TAR_END_BYTES) return false;
  const end = await store.read(
    key,
    { offset: info.bytes - TAR_END_BYTES, length: TAR_END_BYTES },
    signal,
  );
  return end.every((byte) => byte === 0);
}
