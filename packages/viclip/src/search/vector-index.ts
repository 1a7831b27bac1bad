import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import type { Producer } from '@internvid/core';

import type { Match, SearchOptions } from './exact-index.js';
import { fromHalfFloats } from './half-floats.js';
import { MAX_SCAN_BYTES, type FoundRows } from './scan.js';
import { startScanThread, type ScanThread } from './scan-thread.js';
import { unitVector } from './unit-vector.js';
import { readVectorFile, type VectorFile } from './vector-file.js';
import { numberBytes } from './vector-format.js';

/** All vectors of a file, compared one by one in worker threads: exact for the numbers as they are kept. */
export interface VectorIndex extends AsyncDisposable {
  readonly dimension: number;
  readonly size: number;
  /** Which encoder made the vectors. Compare it with the one that makes the queries. */
  readonly by: Producer;
  /** Memory that the vectors take, in bytes. The ids come on top. */
  readonly bytes: number;
  /** The most similar entries, best first; equal similarities in the order of the file. */
  search(
    query: Float32Array,
    options: SearchOptions & { readonly signal?: AbortSignal },
  ): Promise<readonly Match[]>;
  /** The vector of an entry, read from the file; undefined for an unknown id. */
  vectorOf(id: string): Promise<Float32Array | undefined>;
}

/** How a file of vectors is opened. */
export type OpenVectorIndexOptions = {
  /** Threads that share the work. Default: as many as there are cores, 8 at most; more where the vectors need them. */
  readonly threads?: number;
};

/** Fewer rows than this are not worth another thread. */
const ROWS_PER_THREAD = 4096;

/**
 * Reads a file of vectors into memory, ready to be searched. The vectors take the bytes that they have in the file, each thread
 * at most 4 GB.
 *
 * @throws ToolkitError `not-found`, `unreadable`, `corrupt`.
 */
export async function openVectorIndex(
  path: string,
  options: OpenVectorIndexOptions = {},
): Promise<VectorIndex> {
  const file = await readVectorFile(path);
  const shares = sharesOf(file, options);
  const threads: ScanThread[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread[Symbol.asyncDispose]()));
  };
  try {
    const started = await Promise.allSettled(
      shares.map(async (share) => {
        threads[share.index] = await startScanThread({ ...file, ...rangeOf(file, share) });
      }),
    );
    for (const one of started) if (one.status === 'rejected') throw one.reason;
  } catch (error) {
    await close();
    throw error;
  }
  return vectorIndex(file, shares, threads, close);
}

type Share = { readonly index: number; readonly first: number; readonly rows: number };

function vectorIndex(
  file: VectorFile,
  shares: readonly Share[],
  threads: readonly ScanThread[],
  close: () => Promise<void>,
): VectorIndex {
  const { dimension, ids } = file;
  const rowBytes = dimension * numberBytes(file.format);
  return {
    dimension,
    size: ids.length,
    by: file.by,
    bytes: ids.length * rowBytes,
    async search(query, { limit, where, signal }) {
      if (!Number.isInteger(limit) || limit < 1) {
        throw new RangeError(`options.limit must be a whole number of at least 1, got ${limit}.`);
      }
      signal?.throwIfAborted();
      const unit = unitVector(query, dimension);
      const found = await Promise.all(
        shares.map(async ({ index, first, rows }) => {
          const allowed =
            where &&
            Uint8Array.from({ length: rows }, (_, row) => Number(where(ids[first + row] ?? '')));
          const most = Math.min(limit, rows);
          return (await threads[index]?.search(unit, most, allowed)) ?? NOTHING;
        }),
      );
      signal?.throwIfAborted();
      return bestOf(found, shares, ids, limit);
    },
    async vectorOf(id) {
      const row = ids.indexOf(id);
      return row === -1 ? undefined : readRow(file, row);
    },
    [Symbol.asyncDispose]: close,
  };
}

const NOTHING: FoundRows = { rows: new Int32Array(), similarities: new Float32Array() };

/** What the threads found, put together. A stable sort keeps the order of the file, which the shares are in. */
function bestOf(
  found: readonly FoundRows[],
  shares: readonly Share[],
  ids: readonly string[],
  limit: number,
): readonly Match[] {
  return found
    .flatMap(({ rows, similarities }, index) =>
      Array.from(rows, (row, place) => ({
        id: ids[(shares[index]?.first ?? 0) + row] ?? '',
        similarity: similarities[place] ?? 0,
      })),
    )
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, limit);
}

function sharesOf(
  file: VectorFile,
  { threads = Math.min(availableParallelism(), 8) }: OpenVectorIndexOptions,
): readonly Share[] {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`options.threads must be a whole number of at least 1, got ${threads}.`);
  }
  const rows = file.ids.length;
  const room = Math.floor((MAX_SCAN_BYTES - 2 ** 20) / (file.dimension * numberBytes(file.format)));
  const useful = Math.min(threads, Math.ceil(rows / ROWS_PER_THREAD));
  const count = Math.max(useful, Math.ceil(rows / room), 1);
  const edge = (index: number): number => Math.floor((index * rows) / count);
  return Array.from({ length: count }, (_, index) => ({
    index,
    first: edge(index),
    rows: edge(index + 1) - edge(index),
  })).filter(({ rows: own }) => own > 0);
}

function rangeOf(file: VectorFile, { first, rows }: Share): { offset: number; rows: number } {
  return { offset: file.offset + first * file.dimension * numberBytes(file.format), rows };
}

async function readRow(file: VectorFile, row: number): Promise<Float32Array> {
  const { path, dimension, format, offset } = file;
  const bytes = dimension * numberBytes(format);
  const buffer = new ArrayBuffer(bytes);
  const handle = await open(path, 'r');
  try {
    await handle.read(new Uint8Array(buffer), 0, bytes, offset + row * bytes);
  } finally {
    await handle.close();
  }
  return format === 'float32'
    ? new Float32Array(buffer)
    : unitVector(fromHalfFloats(new Uint16Array(buffer)), dimension);
}
