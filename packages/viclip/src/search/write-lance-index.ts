import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { canonicalJson, ToolkitError, type Producer } from '@internvid/core';

import { loadLance, type LanceModule, type LanceSchema, type LanceTable } from './lance-module.js';
import { unitVector } from './unit-vector.js';

/** How an approximate index is written. */
export type WriteLanceIndexOptions = {
  /** A multiple of 8. */
  readonly dimension: number;
  /** The encoder: its vectors are not to be compared with those of another. */
  readonly by: Producer;
  /** The module `@lancedb/lancedb`, all of it, where this package does not find it by its name. */
  readonly lancedb?: object;
  /** Looked at between batches: the training of the index, once begun, is finished. */
  readonly signal?: AbortSignal;
};

/** Name of the table in the folder. */
export const LANCE_TABLE = 'vectors';
/** With fewer rows comparing all of them costs little, and nothing is approximated. */
const INDEXED_ROWS = 20_000;
const BATCH_ROWS = 8192;
/** In groups of a quarter of it, 100 000 vectors of 512 numbers took half as long again to train, and no less to search. */
const PARTITION_ROWS = 4096;
const TRAINING_ROUNDS = 20;

/**
 * Writes vectors, scaled to unit length, as a LanceDB table in a folder of its own: `row`, `id` and `vector`. From 20 000 rows on they
 * are grouped and compressed for an approximate search (IVF_PQ); fewer are compared one by one. The folder appears whole or not at
 * all, in place of an index that was there; of the vectors only some thousand are in memory while they are written.
 *
 * @throws RangeError for an id that came before, a vector of a wrong length, all zero or not finite. ToolkitError `missing-dependency`;
 * `store-failed` for a folder that holds anything else or cannot be written.
 */
export async function writeLanceIndex(
  folder: string,
  vectors: AsyncIterable<{ readonly id: string; readonly vector: Float32Array }>,
  options: WriteLanceIndexOptions,
): Promise<void> {
  const { dimension } = options;
  if (!Number.isInteger(dimension) || dimension < 8 || dimension % 8 !== 0) {
    throw new RangeError(`dimension must be a multiple of 8, got ${dimension}.`);
  }
  const place = resolve(folder);
  await checkFolder(place);
  const lance = await loadLance(options.lancedb);
  await mkdir(dirname(place), { recursive: true });
  const unfinished = `${place}.${randomUUID()}`;
  try {
    await writeTable(lance, unfinished, vectors, options);
    await replace(place, unfinished);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function writeTable(
  lance: LanceModule,
  folder: string,
  vectors: AsyncIterable<{ readonly id: string; readonly vector: Float32Array }>,
  { dimension, by, signal }: WriteLanceIndexOptions,
): Promise<void> {
  const stored = <Result>(work: Promise<Result>): Promise<Result> => orStoreFailed(folder, work);
  const connection = await stored(lance.connect(folder));
  let table: LanceTable | undefined;
  try {
    table = await stored(connection.createEmptyTable(LANCE_TABLE, schemaOf(lance, dimension, by)));
    const ids = new Set<string>();
    let batch: Record<string, unknown>[] = [];
    for await (const { id, vector } of vectors) {
      signal?.throwIfAborted();
      if (ids.has(id)) throw new RangeError(`"${id}" came before: ids are unique.`);
      batch.push({ row: ids.size, id, vector: unitVector(vector, dimension) });
      ids.add(id);
      if (batch.length < BATCH_ROWS) continue;
      await stored(table.add(lance.makeArrowTable(batch)));
      batch = [];
    }
    if (batch.length > 0) await stored(table.add(lance.makeArrowTable(batch)));
    signal?.throwIfAborted();
    await stored(buildIndexes(lance, table, { rows: ids.size, dimension }));
    signal?.throwIfAborted();
  } finally {
    table?.close();
    connection.close();
  }
}

async function orStoreFailed<Result>(folder: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    const message = `LanceDB could not write to ${folder}: see the cause, and whether the disk has room.`;
    throw new ToolkitError('store-failed', message, { cause });
  }
}

/** The schema of one row that is never written, with the producer beside it. */
function schemaOf(lance: LanceModule, dimension: number, by: Producer): LanceSchema {
  const row = { row: 0, id: '', vector: new Float32Array(dimension) };
  const { schema } = lance.makeArrowTable([row]);
  schema.metadata.set('producer', canonicalJson(by));
  return schema;
}

async function buildIndexes(
  { Index }: LanceModule,
  table: LanceTable,
  { rows, dimension }: { readonly rows: number; readonly dimension: number },
): Promise<void> {
  if (rows < INDEXED_ROWS) return;
  await table.createIndex('id', { config: Index.btree() });
  const config = Index.ivfPq({
    distanceType: 'cosine',
    numPartitions: Math.ceil(rows / PARTITION_ROWS),
    numSubVectors: dimension / 8,
    maxIterations: TRAINING_ROUNDS,
  });
  await table.createIndex('vector', { config });
}

/** Only an index, or nothing, may give way to an index. */
async function checkFolder(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0 || names.includes(`${LANCE_TABLE}.lance`)) return;
  const message = `${folder} holds something else than an index: choose a folder of its own for the index.`;
  throw new ToolkitError('store-failed', message);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    const message = `${folder} cannot be read as a folder: choose another for the index.`;
    throw new ToolkitError('store-failed', message, { cause: error });
  }
}

/** A folder cannot be renamed over a full one: the old index steps aside, and back where the new one cannot take its place. */
async function replace(place: string, unfinished: string): Promise<void> {
  const old = `${unfinished}.old`;
  const isThere = await rename(place, old).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
  try {
    await rename(unfinished, place);
  } catch (error) {
    if (isThere) await rename(old, place);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
