import type { Source } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';
import { listTableShards } from './list-table-shards.js';
import { readTableShard } from './read-table-shard.js';
import type { RowReader } from './row-meaning.js';
import { mapColumns, type ColumnMap } from './table-columns.js';
import type { TableFile } from './table-file.js';
import { urlRowReader } from './url-row.js';

/** Rows in a shard: what is fetched and committed together. */
export const ROWS_PER_SHARD = 100;

/** How tables of addresses are read. */
export type UrlTableOptions = {
  /** Which column plays which role, where its name does not say it. */
  readonly columns?: ColumnMap;
  /** Who fetches the videos. Default: an address with the ending of a video file directly, all others through yt-dlp. */
  readonly via?: VideoCandidate['via'];
  /** Default 100. Smaller shards lose less of an interrupted run, larger ones make fewer files. */
  readonly rowsPerShard?: number;
};

/**
 * Videos from tables of addresses: csv, tsv, txt, jsonl and parquet, one candidate for each video. Rows of the same video with
 * different stretches or captions become one candidate, with `spans` and with `metadata.clips`; a row that says nothing new is dropped
 * as `duplicate-row`, a bad one fails as `invalid-record` with its line and the reason. All other columns become metadata.
 *
 * @throws ToolkitError while the shards are listed: `not-found`; `unreadable` for what is no table; `invalid-config` for columns that
 * are not there.
 */
export function urlTable(
  paths: string | readonly string[],
  options: UrlTableOptions = {},
): Source<VideoCandidate> {
  const { columns = {}, via, rowsPerShard = ROWS_PER_SHARD } = options;
  const readerFor = (table: TableFile): RowReader => urlRowReader(mapColumns(table, columns), via);
  const config = { columns, via: via ?? null, rowsPerShard };
  return tableSource({ name: 'url-table', version: 1, config, paths, rowsPerShard, readerFor });
}

/** What a source over tables is made of. */
export type TableSourceOptions = Pick<Source<VideoCandidate>, 'name' | 'version' | 'config'> & {
  readonly paths: string | readonly string[];
  readonly rowsPerShard: number;
  readonly readerFor: (table: TableFile) => RowReader;
};

/** A source over tables whose rows a reader understands. */
export function tableSource(options: TableSourceOptions): Source<VideoCandidate> {
  const { name, version, config, readerFor, rowsPerShard } = options;
  const paths = typeof options.paths === 'string' ? [options.paths] : options.paths;
  if (paths.length === 0) throw new TypeError(`${name} needs at least one path.`);
  if (!Number.isInteger(rowsPerShard) || rowsPerShard < 1) {
    throw new RangeError(
      `options.rowsPerShard must be a whole number of at least 1, got ${rowsPerShard}.`,
    );
  }
  return {
    name,
    version,
    config,
    async *shards({ signal }) {
      yield* await listTableShards({ paths, readerFor, rowsPerShard, signal });
    },
    read: (shard, context) => readTableShard(shard, readerFor, context),
  };
}
