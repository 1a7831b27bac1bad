import { stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { ToolkitError } from '@internvid/core';
import { openCsv } from './csv-table.js';
import { openJsonLines } from './json-lines-table.js';
import { openParquet } from './parquet-table.js';
import { openTextLines } from './text-lines-table.js';
import type { TableFile } from './table-file.js';

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
