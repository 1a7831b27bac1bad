import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from '@jest/globals';
import { byteRecords, type RecordRules, type Stretch } from '../../src/sources/byte-records.js';
import { openTable } from '../../src/sources/open-table.js';
import { temporaryFolder } from '../drawn-video.js';

const folder = temporaryFolder();
let files = 0;

async function recordsOf(
  content: string,
  rules: RecordRules,
  stretch?: Stretch,
): Promise<unknown[]> {
  const path = join(folder, `records-${files++}`);
  writeFileSync(path, content);
  const records: unknown[] = [];
  for await (const record of byteRecords(path, rules, stretch, undefined)) {
    records.push([
      record.line,
      record.start,
      record.end,
      'bytes' in record ? record.bytes.toString() : record.problem,
    ]);
  }
  return records;
}

describe('records of a text file', () => {
  it('end at LF, CRLF and CR, with their place and line', async () => {
    expect(await recordsOf('a\nbb\r\nc\rd', {})).toEqual([
      [1, 0, 2, 'a\n'],
      [2, 2, 6, 'bb\r\n'],
      [3, 6, 8, 'c\r'],
      [4, 8, 9, 'd'],
    ]);
  });

  it('hold ends of lines inside quotes that open a field, and no others', async () => {
    expect(await recordsOf('"a\nb",1\n5" x,"y ""z""\n"\n', { delimiter: ',' })).toEqual([
      [1, 0, 8, '"a\nb",1\n'],
      [3, 8, 24, '5" x,"y ""z""\n"\n'],
    ]);
  });

  it('go on at the next line after a quote that nothing closes', async () => {
    expect(await recordsOf('"a\nb\nc\n', { delimiter: ',' })).toEqual([
      [1, 0, 3, 'a quote is opened and not closed within 1048576 bytes'],
      [2, 3, 5, 'b\n'],
      [3, 5, 7, 'c\n'],
    ]);
  });

  it('that are too long are problems of one line', async () => {
    const rules = { maxRecordBytes: 10 };
    expect(await recordsOf(`${'x'.repeat(600_000)}\nok\n`, rules)).toMatchObject([
      [1, 0, 600_001, 'the line is longer than 10 bytes'],
      [2, 600_001, 600_004, 'ok\n'],
    ]);
  });

  it('of a stretch are those of the whole file', async () => {
    const content = 'a,b\n"1\n2",3\n4,5\n';
    const stretch = { start: 4, end: 12, line: 2 };
    const all = await recordsOf(content, { delimiter: ',' });
    expect(await recordsOf(content, { delimiter: ',' }, stretch)).toEqual(all.slice(1, 2));
  });

  it('are the rows that csv-parse reads of the same text at once, across all block borders', async () => {
    const pieces = [
      'a',
      '"',
      ',',
      '\n',
      '\r\n',
      '""',
      'é🎬',
      ' ',
      '"x\ny"',
      ',"q",',
      'long '.repeat(40),
    ];
    let seed = 7;
    const next = (count: number): number => (seed = (seed * 48_271) % 2_147_483_647) % count;
    const fields = (): string => {
      const text = Array.from({ length: next(6) }, () => pieces[next(pieces.length)]).join('');
      return `"${text.replaceAll('"', '""')}"`;
    };
    const rows = Array.from({ length: 8_000 }, () => `${fields()},${fields()},k`);
    const content = `one,two,three\r\n${rows.join('\r\n')}\r\n`;
    expect(content.length).toBeGreaterThan(3 * 262_144);
    const path = join(folder, 'random.csv');
    writeFileSync(path, content);
    const expected = parse(content, { columns: true }) as unknown as Record<string, string>[];
    const read: Record<string, string>[] = [];
    for await (const row of (await openTable(path)).rows()) {
      if ('cells' in row) read.push({ one: '', two: '', ...(row.cells as Record<string, string>) });
    }
    expect(read).toEqual(expected);
  });
});
