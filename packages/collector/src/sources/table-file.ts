import type { JsonObject } from '@internvid/core';

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
