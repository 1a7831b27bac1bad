import { writeTable, type Store } from '@internvid/core';

import { writeExport, type ExportOptions, type ExportReport } from './export.js';
import { shardName, type ExportFolder } from './export-folder.js';
import { keepingSame } from './keeping-same.js';
import { sampleRows, samplesTable, type SampleRow } from './sample-row.js';

/** What a Parquet export needs besides. */
export type ParquetOptions = ExportOptions & {
  /** Rows in a file at most. Default 100 000, ten row groups. */
  readonly maxRows?: number;
};

/** Writes `<name>-000000.parquet`, …: a flat row for each clip, joined with its captions and scores. At least one file. */
export async function exportParquet(options: ParquetOptions): Promise<ExportReport> {
  const { store, name, signal, maxRows = 100_000 } = options;
  if (!Number.isSafeInteger(maxRows) || maxRows < 1) {
    throw new RangeError(`options.maxRows must be a whole number of at least 1, got ${maxRows}.`);
  }
  return writeExport<SampleRow>(options, {
    format: 'parquet',
    settings: { maxRows },
    prepare: { now: sampleRows() },
    write: (rows, folder) => writeParquetFiles(rows, folder, { store, name, maxRows, signal }),
  });
}

/** Where rows go, and how many into a file. */
export type ParquetFilesOptions = {
  readonly store: Store;
  readonly name: string;
  readonly maxRows: number;
  readonly signal: AbortSignal | undefined;
};

/** Writes the files of rows in their order; one that is there with the same bytes is left as it is. */
export async function writeParquetFiles(
  rows: AsyncIterable<SampleRow>,
  folder: ExportFolder,
  { store, name, maxRows, signal }: ParquetFilesOptions,
): Promise<void> {
  const kept = keepingSame(store);
  const start = (shard: number): TableFile => {
    const key = folder.key(shardName(name, shard, 'parquet'));
    return { rows: 0, writer: writeTable(kept, key, samplesTable, signal) };
  };
  let [file, shards] = [start(0), 1];
  try {
    for await (const row of rows) {
      if (file.rows === maxRows) {
        folder.add(await file.writer.finish(), file.rows);
        file = start(shards++);
      }
      file.writer.add(row);
      file.rows++;
    }
    folder.add(await file.writer.finish(), file.rows);
  } catch (error) {
    await file.writer.abandon(error);
    throw error;
  }
}

type TableFile = { rows: number; readonly writer: ReturnType<typeof writeTable<SampleRow>> };
