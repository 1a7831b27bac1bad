import { ToolkitError, type Store } from '@internvid/core';

import type { ExportFolder } from './export-folder.js';
import { writeExport, type ExportOptions, type ExportReport } from './export.js';
import {
  formatInternVidRow,
  internVidRow,
  parseInternVidRow,
  type InternVidRow,
} from './internvid-row.js';
import { inChunks, linesOf } from './lines.js';

/** Writes `<name>.jsonl` in the form of the published InternVid files: a line of JSON for each clip. */
export async function exportJsonl(options: ExportOptions): Promise<ExportReport> {
  return writeExport<InternVidRow>(options, {
    format: 'jsonl',
    settings: {},
    prepare: { now: internVidRow },
    write: (rows, folder) => writeJsonlFile(rows, folder, options.name),
  });
}

/** Writes the file of rows in their order. */
export async function writeJsonlFile(
  rows: AsyncIterable<InternVidRow>,
  folder: ExportFolder,
  name: string,
): Promise<void> {
  let written = 0;
  async function* lines(): AsyncGenerator<string> {
    for await (const row of rows) {
      written++;
      yield formatInternVidRow(row);
    }
  }
  await folder.write(`${name}.jsonl`, inChunks(lines()), () => written);
}

/** A row and its line, from 1. */
export type InternVidLine = { readonly line: number; readonly row: InternVidRow };

/** How a file of rows is read. */
export type ReadInternVidOptions = {
  /** Is told of each bad row; the others go on. Default: the first one ends the reading with its error. */
  fail?(line: number, error: ToolkitError): void;
  readonly signal?: AbortSignal;
};

/**
 * Reads a file in the form of the published InternVid files, one line in memory at a time. Blank lines are passed over.
 *
 * @throws ToolkitError `invalid-record` that names the line of the first bad row, unless `fail` is given.
 */
export async function* readInternVidJsonl(
  store: Store,
  key: string,
  options: ReadInternVidOptions = {},
): AsyncGenerator<InternVidLine> {
  let line = 0;
  for await (const text of linesOf(store.stream(key, options.signal))) {
    line++;
    if (text.trim() === '') continue;
    const row = rowOrError(text, `${key}, line ${line}`);
    if (!ToolkitError.is(row)) yield { line, row };
    else if (options.fail === undefined) throw row;
    else options.fail(line, row);
  }
}

function rowOrError(text: string, place: string): InternVidRow | ToolkitError {
  try {
    return parseInternVidRow(text);
  } catch (error) {
    if (!ToolkitError.is(error)) throw error;
    return new ToolkitError(error.code, `${place}: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}
