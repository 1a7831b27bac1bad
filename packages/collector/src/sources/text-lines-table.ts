import { byteRecords } from './byte-records.js';
import type { TableFile } from './table-file.js';
import { byteOrderMark } from './text-file.js';

/** Name of the one column of a list of addresses. */
export const LINE_COLUMN = 'url';

/** Opens a list with an address on each line; empty lines and those that begin with `#` are left out. */
export async function openTextLines(path: string): Promise<TableFile> {
  const mark = await byteOrderMark(path);
  return {
    path,
    format: 'txt',
    columns: [LINE_COLUMN],
    async *rows(stretch, signal) {
      const whole = { start: mark, end: Number.MAX_SAFE_INTEGER, line: 1 };
      for await (const record of byteRecords(path, {}, stretch ?? whole, signal)) {
        const { start, end, line } = record;
        if ('problem' in record) {
          yield { start, end, line, problem: record.problem };
          continue;
        }
        const text = record.bytes.toString('utf8').trim();
        if (text !== '' && !text.startsWith('#')) {
          yield { start, end, line, cells: { [LINE_COLUMN]: text } };
        }
      }
    },
  };
}
