import type { JsonObject } from '@internvid/core';
import { byteRecords, type ByteRecord } from './byte-records.js';
import type { TableFile, TableRow } from './table-file.js';
import { byteOrderMark } from './text-file.js';

/** Opens JSON lines: an object on each line. Empty lines are left out. */
export async function openJsonLines(path: string): Promise<TableFile> {
  const mark = await byteOrderMark(path);
  const table: TableFile = {
    path,
    format: 'jsonl',
    columns: [],
    async *rows(stretch, signal) {
      const whole = { start: mark, end: Number.MAX_SAFE_INTEGER, line: 1 };
      for await (const record of byteRecords(path, {}, stretch ?? whole, signal)) {
        const row = rowOf(record);
        if (row !== undefined) yield row;
      }
    },
  };
  return { ...table, columns: await firstColumns(table) };
}

function rowOf(record: ByteRecord): TableRow | undefined {
  const { start, end, line } = record;
  if ('problem' in record) return { start, end, line, problem: record.problem };
  const text = record.bytes.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { start, end, line, cells: value as JsonObject };
    }
    return { start, end, line, problem: 'it is not a JSON object' };
  } catch {
    return { start, end, line, problem: 'it is not valid JSON' };
  }
}

async function firstColumns(table: TableFile): Promise<readonly string[]> {
  for await (const row of table.rows()) if ('cells' in row) return Object.keys(row.cells);
  return [];
}
