import { basename, resolve } from 'node:path';
import { canonicalJson, sha256, slug, type Shard } from '@internvid/core';
import { keyTable } from './key-table.js';
import { RowProblem, type RowReader } from './row-meaning.js';
import { openTable } from './open-table.js';
import type { TableFile, TableRow } from './table-file.js';

/** A stretch of a table in a file. */
export type RowPlace = {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
};

/**
 * What a shard of a table holds: `rows`, a stretch of consecutive rows; less those in `skip`, by line, whose videos an earlier shard
 * has; and `more`, the rows further on that speak of videos of this one. `sha256` chains the hashes of all of them.
 */
export type TableShardInput = {
  readonly rows: RowPlace;
  readonly skip: readonly number[];
  readonly more: readonly RowPlace[];
  readonly sha256: string;
};

/** How a table is listed. */
export type ListTableOptions = {
  readonly paths: readonly string[];
  /** Makes the reader of one table's rows, once its columns are known. */
  readonly readerFor: (table: TableFile) => RowReader;
  readonly rowsPerShard: number;
  readonly signal: AbortSignal;
};

type OpenShard = {
  readonly id: string;
  readonly skip: number[];
  readonly more: RowPlace[];
  rows: RowPlace;
  count: number;
  hash: string;
};

/**
 * Reads tables once and falls them into shards of consecutive rows, all rows of a video in the shard of its first one. A table that
 * grows at its end leaves its full shards as they are, but for those whose videos the new rows speak of. Memory: about 24 bytes for
 * each video, and 100 for each row that lies apart from the first of its video.
 */
export async function listTableShards(options: ListTableOptions): Promise<readonly Shard[]> {
  const shards: OpenShard[] = [];
  const owners = keyTable();
  for (const path of options.paths) {
    const table = await openTable(path);
    const reader = options.readerFor(table);
    let shard: OpenShard | undefined;
    let rowNumber = 0;
    for await (const row of table.rows(undefined, options.signal)) {
      const place = { path: table.path, start: row.start, end: row.end, line: row.line };
      if (shard === undefined || shard.count === options.rowsPerShard) {
        shard = openShard(place, rowNumber);
        shards.push(shard);
      }
      rowNumber += 1;
      shard.count += 1;
      shard.rows = { ...shard.rows, end: row.end };
      const current = shards.length - 1;
      const key = keyOf(row, reader);
      const owner = key === undefined ? current : (owners.get(key) ?? current);
      if (key !== undefined && owner === current) owners.set(key, current);
      const owning = shards[owner] ?? shard;
      if (owning !== shard) {
        shard.skip.push(row.line);
        addPlace(owning.more, place);
      }
      owning.hash = chainHash(owning.hash, row);
    }
  }
  return shards.filter(({ count, skip }) => skip.length < count).map(closed);
}

/** Whether the row is readable is judged again when it is read: here it only matters which video it speaks of. */
function keyOf(row: TableRow, reader: RowReader): string | undefined {
  if ('problem' in row) return undefined;
  try {
    return reader.read(row.cells).key;
  } catch (error) {
    if (error instanceof RowProblem) return undefined;
    throw error;
  }
}

/** Hash of a chain of rows, the last of which is given. */
export function chainHash(before: string, row: TableRow): string {
  const text = 'cells' in row ? canonicalJson(row.cells) : row.problem;
  return sha256(`${before}\n${text}`);
}

function openShard(place: RowPlace, rowNumber: number): OpenShard {
  const name = slug(basename(place.path));
  const id = `${name}-${sha256(resolve(place.path)).slice(0, 8)}-${String(rowNumber).padStart(9, '0')}`;
  return { id, rows: place, skip: [], more: [], count: 0, hash: '' };
}

function closed({ id, rows, skip, more, hash, count }: OpenShard): Shard {
  const input: TableShardInput = { rows, skip, more, sha256: hash };
  return { id, input, items: count - skip.length };
}

/** Neighbouring rows become one place. */
function addPlace(places: RowPlace[], place: RowPlace): void {
  const last = places.at(-1);
  if (last !== undefined && last.path === place.path && last.end === place.start) {
    places[places.length - 1] = { ...last, end: place.end };
  } else places.push(place);
}
