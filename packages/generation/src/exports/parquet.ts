import { writeTable } from '@internvid/core';

import { writeExport, type ExportOptions, type ExportReport } from './export.js';
import { shardName } from './export-folder.js';
import { sampleRow, samplesTable, type SampleRow } from './sample-row.js';

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
    prepare: sampleRow,
    async write(rows, folder) {
      const start = (shard: number): TableFile => ({
        rows: 0,
        writer: writeTable(
          store,
          folder.key(shardName(name, shard, 'parquet')),
          samplesTable,
          signal,
        ),
      });
      let file = start(0);
      try {
        for await (const row of rows) {
          if (file.rows === maxRows) {
            folder.add(await file.writer.finish(), file.rows);
            file = start(folder.files.length);
          }
          file.writer.add(row);
          file.rows++;
        }
        folder.add(await file.writer.finish(), file.rows);
      } catch (error) {
        await file.writer.abandon(error);
        throw error;
      }
    },
  });
}

type TableFile = { rows: number; readonly writer: ReturnType<typeof writeTable<SampleRow>> };
