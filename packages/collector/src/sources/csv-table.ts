import { parse } from 'csv-parse/sync';
import { ToolkitError, type JsonObject } from '@internvid/core';
import { byteRecords, type ByteRecord } from './byte-records.js';
import type { TableFile, TableRow, TableStretch } from './table-file.js';
import { byteOrderMark } from './text-file.js';

const DELIMITERS = { csv: ',', tsv: '\t' } as const;

/** More bad quotes than this, and the file is not what its name says. */
const MAX_BAD_QUOTES = 100;

/**
 * Opens comma- or tab-separated values: quotes as in RFC 4180, a stray quote inside a field taken for itself, ends of lines inside
 * quotes kept. A first row that holds an address is no header: that column is then called `url`, the others `column1`, `column2`, …
 */
export async function openCsv(path: string, format: 'csv' | 'tsv'): Promise<TableFile> {
  const delimiter = DELIMITERS[format];
  const mark = await byteOrderMark(path);
  const first = await firstRecord(path, delimiter, mark);
  const hasHeader = !first.cells.some(isAddress);
  const columns = hasHeader ? nameColumns(first.cells) : nameFields(first.cells);
  const body = hasHeader
    ? { start: first.place.end, line: first.nextLine }
    : { start: mark, line: 1 };
  return {
    path,
    format,
    columns,
    async *rows(stretch, signal) {
      const whole = { ...body, end: Number.MAX_SAFE_INTEGER };
      yield* rowsOf(path, delimiter, columns, stretch ?? whole, signal);
    },
  };
}

async function* rowsOf(
  path: string,
  delimiter: string,
  columns: readonly string[],
  stretch: TableStretch,
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  let badQuotes = 0;
  for await (const record of byteRecords(path, { delimiter }, stretch, signal)) {
    const { start, end, line } = record;
    if ('problem' in record) {
      if ((badQuotes += 1) > MAX_BAD_QUOTES)
        throw notCsv(path, `more than ${MAX_BAD_QUOTES} rows have a quote that is never closed`);
      yield { start, end, line, problem: record.problem };
      continue;
    }
    const fields = fieldsOf(record.bytes, delimiter);
    if (typeof fields === 'string') yield { start, end, line, problem: fields };
    else if (fields !== undefined) yield { start, end, line, ...cellsOf(columns, fields) };
  }
}

/** The fields of a record, undefined for an empty line, or what is wrong with it. */
function fieldsOf(bytes: Buffer, delimiter: string): readonly string[] | string | undefined {
  const options = { delimiter, relax_quotes: true, relax_column_count: true };
  try {
    const rows = parse(bytes, options);
    if (rows.length > 1) return 'its quotes do not match';
    const fields = rows[0];
    return fields === undefined || fields.every((field) => field.trim() === '')
      ? undefined
      : fields;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function cellsOf(
  columns: readonly string[],
  fields: readonly string[],
): { readonly cells: JsonObject } | { readonly problem: string } {
  const extra = fields.slice(columns.length).filter((field) => field.trim() !== '');
  if (fields.length < columns.length || extra.length > 0) {
    return { problem: `it has ${fields.length} fields, the header has ${columns.length}` };
  }
  const cells: Record<string, string> = {};
  columns.forEach((name, index) => {
    const field = fields[index] ?? '';
    if (field !== '' && name !== '') cells[name] = field;
  });
  return { cells };
}

function nameFields(fields: readonly string[]): readonly string[] {
  const address = fields.findIndex(isAddress);
  return fields.map((_, index) => (index === address ? 'url' : `column${index + 1}`));
}

/** Names a header's columns: an empty name stays empty and its column is left out; a name that comes again gets a number. */
function nameColumns(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((raw) => {
    const name = raw.trim();
    if (name === '') return '';
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

async function firstRecord(
  path: string,
  delimiter: string,
  mark: number,
): Promise<{ place: ByteRecord; cells: readonly string[]; nextLine: number }> {
  const whole = { start: mark, end: Number.MAX_SAFE_INTEGER, line: 1 };
  let first: { place: ByteRecord; cells: readonly string[] } | undefined;
  for await (const record of byteRecords(path, { delimiter }, whole, undefined)) {
    if (first !== undefined) return { ...first, nextLine: record.line };
    if ('problem' in record) throw notCsv(path, `in its header ${record.problem}`);
    const cells = fieldsOf(record.bytes, delimiter);
    if (typeof cells === 'string') throw notCsv(path, `in its header ${cells}`);
    if (cells !== undefined) first = { place: record, cells };
  }
  if (first === undefined) throw notCsv(path, 'it has no row');
  return { ...first, nextLine: first.place.line + 1 };
}

function isAddress(field: string): boolean {
  return /^https?:\/\//i.test(field.trim());
}

function notCsv(path: string, what: string): ToolkitError {
  return new ToolkitError('unreadable', `${path} cannot be read as a table: ${what}.`, {
    details: { path },
  });
}
