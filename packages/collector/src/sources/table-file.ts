import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { ToolkitError, type JsonObject } from '@internvid/core';
import { openCsv } from './csv-table.js';
import { openJsonLines } from './json-lines-table.js';
import { openParquet } from './parquet-table.js';
import { openTextLines } from './text-lines-table.js';

/** Formats of tables, by the ending of the file's name. */
export type TableFormat = 'csv' | 'tsv' | 'txt' | 'jsonl' | 'parquet';

/**
 * A stretch of a table: byte offsets for texts and row numbers from 0 for Parquet, `end` outside; `line` is what a message calls
 * the first row: its line in the file, or its row number from 1.
 */
export type TableStretch = { readonly start: number; readonly end: number; readonly line: number };

/** A row with its place: its cells by column name, or why it cannot be read. */
export type TableRow = TableStretch &
  ({ readonly cells: JsonObject } | { readonly problem: string });

/** A table in a file. */
export interface TableFile {
  /** Absolute. */
  readonly path: string;
  readonly format: TableFormat;
  /** Names of the columns; of JSON lines, those of the first row. */
  readonly columns: readonly string[];
  /** Reads the rows of the table or of a stretch of it, in order, with memory that does not grow with the table. */
  rows(stretch?: TableStretch, signal?: AbortSignal): AsyncIterable<TableRow>;
}

/**
 * Opens a table; what it is, its ending says: `.csv`, `.tsv`, `.txt` (an address on each line), `.jsonl` or `.ndjson`, `.parquet`.
 *
 * @throws ToolkitError `not-found`; `unreadable` for another ending, an empty file, a file in UTF-16, or one that is not what its
 * name says.
 */
export async function openTable(path: string): Promise<TableFile> {
  const absolute = resolve(path);
  const found = await stat(absolute).catch((cause: unknown) => {
    throw new ToolkitError('not-found', `There is no table at ${path}.`, { cause });
  });
  if (!found.isFile() || found.size === 0) {
    throw new ToolkitError('unreadable', `${path} is not a table: it is empty or no file.`);
  }
  switch (extname(path).toLowerCase()) {
    case '.csv':
      return openCsv(absolute, 'csv');
    case '.tsv':
    case '.tab':
      return openCsv(absolute, 'tsv');
    case '.txt':
    case '.list':
      return openTextLines(absolute);
    case '.jsonl':
    case '.ndjson':
      return openJsonLines(absolute);
    case '.parquet':
      return openParquet(absolute);
    default: {
      const message = `${path} is not a table that is known. Give a file that ends in .csv, .tsv, .txt, .jsonl or .parquet.`;
      throw new ToolkitError('unreadable', message, { details: { path } });
    }
  }
}
