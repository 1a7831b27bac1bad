import { createHash } from 'node:crypto';

import type { Asset, Body, Store } from '@internvid/core';

import { keepingSame } from './keeping-same.js';
import type { ExportedFile } from './manifest.js';

/** Where a form puts its files. */
export interface ExportFolder {
  /** Writes a file and lists it; `samples` is asked after the last byte. */
  write(name: string, body: Body, samples?: () => number): Promise<void>;
  /** Lists a file that was written by other means. */
  add(asset: Asset, samples: number): void;
  /** Key of a file. */
  key(name: string): string;
  readonly files: readonly ExportedFile[];
}

/** Name of the shard with a number, from 0. */
export function shardName(name: string, shard: number, extension: string): string {
  return `${name}-${String(shard).padStart(6, '0')}.${extension}`;
}

/** An empty folder under `prefix`, which counts and hashes what is written; files that are there with the same bytes are left as they are. */
export function exportFolder(
  store: Store,
  prefix: string,
  signal: AbortSignal | undefined,
): ExportFolder {
  const files: ExportedFile[] = [];
  const kept = keepingSame(store);
  const key = (name: string): string => `${prefix}/${name}`;
  return {
    files,
    key,
    async write(name, body, samples) {
      const hash = createHash('sha256');
      const { bytes } = await kept.write(key(name), oneAhead(hashing(body, hash)), signal);
      files.push({
        name,
        bytes,
        sha256: hash.digest('hex'),
        ...(samples === undefined ? {} : { samples: samples() }),
      });
    },
    add({ key, bytes, sha256 }, samples) {
      files.push({ name: key.slice(prefix.length + 1), bytes, sha256, samples });
    },
  };
}

/** Makes the next chunk while one is being written. */
async function* oneAhead(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let next = chunks.next();
  try {
    for (let chunk = await next; chunk.done !== true; chunk = await next) {
      next = chunks.next();
      // Its error is thrown where it is awaited; until then it is not unhandled.
      next.catch(() => undefined);
      yield chunk.value;
    }
  } finally {
    await chunks.return(undefined);
  }
}

/** Bytes written at once: a write of the file system costs some 20 microseconds, whatever its size. */
const WRITTEN_AT_ONCE = 1 << 18;

/** The body in large chunks, hashed on its way. */
async function* hashing(
  body: Body,
  hash: { update(data: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') body = Buffer.from(body, 'utf8');
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const joined = (): Uint8Array => {
    const [only] = waiting;
    const chunk = waiting.length === 1 && only !== undefined ? only : Buffer.concat(waiting, bytes);
    [waiting, bytes] = [[], 0];
    hash.update(chunk);
    return chunk;
  };
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    // Joining costs a copy, which only small chunks are worth.
    if (chunk.byteLength >= WRITTEN_AT_ONCE && bytes > 0) yield joined();
    waiting.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= WRITTEN_AT_ONCE) yield joined();
  }
  if (bytes > 0) yield joined();
}
