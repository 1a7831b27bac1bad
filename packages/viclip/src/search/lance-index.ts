import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { ToolkitError, type Producer } from '@internvid/core';

import type { Match } from './exact-index.js';
import {
  loadLance,
  type LanceBatch,
  type LanceSchema,
  type LanceTable,
  type LanceVectorQuery,
} from './lance-module.js';
import { unitVector } from './unit-vector.js';
import type { VectorIndex } from './vector-index.js';
import { LANCE_TABLE } from './write-lance-index.js';

/** How an approximate index is opened. */
export type OpenLanceIndexOptions = {
  /** What `writeLanceIndex` wrote. */
  readonly folder: string;
  /** Groups of some 4096 vectors that are looked through, those nearest to the query. More find more and take longer. Default 20. */
  readonly probes?: number;
  /** How many times `limit` entries, the best by their compressed vectors, are compared by their whole vectors. Default 20. */
  readonly refine?: number;
  /** The module `@lancedb/lancedb`, all of it, where this package does not find it by its name. */
  readonly lancedb?: object;
};

/** With a filter, at least so many entries are looked at before all are. */
const FILTERED_LEAST = 1000;
/** Those are many for each that is wanted already: twice as many are compared by their whole vectors. */
const FILTERED_REFINE = 2;

/**
 * Opens a LanceDB table of vectors: the same contract as `openVectorIndex`, but the vectors stay on the disk (`bytes` is 0; LanceDB
 * caches what it reads), and from 20 000 rows on the best matches are found approximately, with their true similarities. Where a
 * filter leaves too few of the nearest, or the groups looked through hold fewer entries than `limit`, all entries are compared: exact,
 * and as slow as that is. Equal similarities come in the order in which they were written.
 *
 * @throws ToolkitError `missing-dependency`, `not-found`, `corrupt`.
 */
export async function openLanceIndex(options: OpenLanceIndexOptions): Promise<VectorIndex> {
  const { probes = 20, refine = 20 } = options;
  checkCount('probes', probes);
  checkCount('refine', refine);
  const folder = resolve(options.folder);
  await checkIsThere(folder);
  const lance = await loadLance(options.lancedb);
  const connection = await lance.connect(folder);
  let table: LanceTable | undefined;
  try {
    table = await connection.openTable(LANCE_TABLE);
    const [schema, size] = await Promise.all([table.schema(), table.countRows()]);
    return lanceIndex(table, { folder, ...factsOf(schema, folder), size, probes, refine });
  } catch (cause) {
    table?.close();
    throw ToolkitError.is(cause) ? cause : corrupt(folder, cause);
  } finally {
    connection.close();
  }
}

type OpenIndex = {
  readonly folder: string;
  readonly dimension: number;
  readonly by: Producer;
  readonly size: number;
  readonly probes: number;
  readonly refine: number;
};

function lanceIndex(table: LanceTable, facts: OpenIndex): VectorIndex {
  const { folder, dimension, by, size, probes, refine } = facts;
  let isDisposed = false;
  const check = (signal?: AbortSignal): void => {
    signal?.throwIfAborted();
    if (isDisposed) throw new ToolkitError('aborted', 'The vector index was disposed of.');
  };
  const nearest = (unit: Float32Array, limit: number): LanceVectorQuery =>
    table
      .query()
      .nearestTo(unit)
      .distanceType('cosine')
      .select(['id', 'row', '_distance'])
      .limit(limit);
  return {
    dimension,
    size,
    by,
    bytes: 0,
    async search(query, { limit, where, signal }) {
      checkCount('limit', limit);
      check(signal);
      const unit = unitVector(query, dimension);
      const most = Math.min(limit, size);
      if (most === 0) return [];
      const wanted = { folder, limit: most, where, check: () => check(signal) };
      const [candidates, factor] =
        where === undefined
          ? [most, refine]
          : [Math.min(Math.max(most * refine, FILTERED_LEAST), size), FILTERED_REFINE];
      const approximate = nearest(unit, candidates).nprobes(probes).refineFactor(factor);
      const found = await firstOf(approximate, wanted);
      if (found.length === most) return found;
      return firstOf(nearest(unit, size).bypassVectorIndex(), wanted);
    },
    async vectorOf(id) {
      check();
      const quoted = `'${id.replaceAll("'", "''")}'`;
      const query = table.query().where(`id = ${quoted}`).select(['vector']).limit(1);
      for await (const batch of batchesOf(query, { folder, check })) {
        if (batch.numRows > 0)
          return Float32Array.from(valueOf(batch, 'vector', 0) as Iterable<number>);
      }
      return undefined;
    },
    [Symbol.asyncDispose]: () => {
      isDisposed = true;
      table.close();
      return Promise.resolve();
    },
  };
}

type Wanted = {
  readonly folder: string;
  readonly limit: number;
  readonly where: ((id: string) => boolean) | undefined;
  readonly check: () => void;
};

/** The first entries of an answer, which comes nearest first, that pass the filter. */
async function firstOf(
  query: LanceVectorQuery,
  { limit, where, ...reading }: Wanted,
): Promise<readonly Match[]> {
  const found: (Match & { readonly row: number })[] = [];
  for await (const batch of batchesOf(query, reading)) {
    for (let place = 0; place < batch.numRows && found.length < limit; place++) {
      const id = valueOf(batch, 'id', place) as string;
      if (where !== undefined && !where(id)) continue;
      const similarity = Math.min(1, 1 - (valueOf(batch, '_distance', place) as number));
      found.push({ id, similarity, row: valueOf(batch, 'row', place) as number });
    }
    if (found.length === limit) break;
  }
  return found
    .sort((a, b) => b.similarity - a.similarity || a.row - b.row)
    .map(({ id, similarity }) => ({ id, similarity }));
}

/** The batches of an answer; after each the signal counts again. */
async function* batchesOf(
  query: AsyncIterable<LanceBatch>,
  { folder, check }: Pick<Wanted, 'folder' | 'check'>,
): AsyncGenerator<LanceBatch> {
  try {
    for await (const batch of query) {
      check();
      yield batch;
    }
  } catch (cause) {
    check();
    throw corrupt(folder, cause);
  }
}

function valueOf(batch: LanceBatch, column: string, row: number): unknown {
  return batch.getChild(column)?.get(row);
}

function factsOf(schema: LanceSchema, folder: string): { dimension: number; by: Producer } {
  const type = schema.fields.find(({ name }) => name === 'vector')?.type;
  const dimension = type !== undefined && 'listSize' in type ? type.listSize : undefined;
  const producer = schema.metadata.get('producer');
  if (typeof dimension !== 'number' || producer === undefined) throw corrupt(folder);
  return { dimension, by: JSON.parse(producer) as Producer };
}

async function checkIsThere(folder: string): Promise<void> {
  try {
    await stat(resolve(folder, `${LANCE_TABLE}.lance`));
  } catch (cause) {
    const message = `There is no index in ${folder}: write one with writeLanceIndex.`;
    throw new ToolkitError('not-found', message, { cause });
  }
}

function checkCount(name: string, count: number): void {
  if (Number.isInteger(count) && count >= 1) return;
  throw new RangeError(`options.${name} must be a whole number of at least 1, got ${count}.`);
}

function corrupt(folder: string, cause?: unknown): ToolkitError {
  const message = `The index in ${folder} cannot be read: write it anew.`;
  return new ToolkitError('corrupt', message, cause === undefined ? {} : { cause });
}
