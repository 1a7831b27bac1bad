import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { from, localExecutor, step, tableSink } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { parquetWriteFile } from 'hyparquet-writer';
import { candidatesTable } from '../../src/sources/candidates-table.js';
import { urlTable } from '../../src/sources/url-table.js';
import { temporaryFolder } from '../drawn-video.js';
import { readAll, shardsOf } from './read-source.js';

const folder = temporaryFolder();
let files = 0;

function table(ending: string, content: string | Buffer): string {
  const path = join(folder, `list ${files++}.${ending}`);
  writeFileSync(path, content);
  return path;
}

const urlsOf = async (path: string): Promise<string[]> =>
  (await readAll(urlTable(path))).outputs.map(({ url }) => url);

describe('a table of addresses', () => {
  it('reads csv with a byte-order mark, CRLF, quotes, ends of lines in quotes and empty lines', async () => {
    const path = table(
      'csv',
      '\ufeffURL,Title,Caption\r\nhttp://h.example/a.mp4,"x ""y"", z","two\r\nlines"\r\n\r\nhttp://h.example/b.mp4,say "hi" 🎬,ü\r\n',
    );
    const { outputs, failed } = await readAll(urlTable(path));
    expect(failed).toEqual([]);
    expect(outputs).toMatchObject([
      {
        url: 'http://h.example/a.mp4',
        via: 'http',
        metadata: { title: 'x "y", z', caption: 'two\r\nlines', table: { line: 2 } },
      },
      {
        url: 'http://h.example/b.mp4',
        metadata: { title: 'say "hi" 🎬', caption: 'ü', table: { line: 5 } },
      },
    ]);
  });

  it('reads tsv, lists and JSON lines, and a csv without a header', async () => {
    const expected = ['http://h.example/a.mp4', 'http://h.example/b.mp4'];
    expect(await urlsOf(table('tsv', `video_url\tn\n${expected.join('\t1\n')}\t2`))).toEqual(
      expected,
    );
    expect(await urlsOf(table('txt', `# ours\n${expected.join('\r\n\r\n')}`))).toEqual(expected);
    expect(
      await urlsOf(table('jsonl', expected.map((link) => JSON.stringify({ link })).join('\n'))),
    ).toEqual(expected);
    expect(await urlsOf(table('csv', `1,${expected.join('\n2,')}\n`))).toEqual(expected);
  });

  it('reads Parquet without its columns of raw bytes', async () => {
    const path = join(folder, 'table.parquet');
    parquetWriteFile({
      filename: path,
      columnData: [
        { name: 'url', data: ['http://h.example/a.mp4', 'http://h.example/b.mp4'], type: 'STRING' },
        { name: 'views', data: [1n, 2n], type: 'INT64' },
        { name: 'mp4', data: [new Uint8Array([1]), new Uint8Array([2])], type: 'BYTE_ARRAY' },
      ],
    });
    const { outputs } = await readAll(urlTable(path));
    expect(outputs.map(({ metadata }) => metadata)).toEqual([
      { views: 1, table: { file: 'table.parquet', line: 1 } },
      { views: 2, table: { file: 'table.parquet', line: 2 } },
    ]);
  });

  it('fails each bad row with its line and the reason, and reads the others', async () => {
    const path = table(
      'csv',
      'url,start,end\nhttp://h.example/a.mp4,1,2\nshort\nftp://h.example/b.mp4,,\nnot an address,,\n,,\n' +
        'http://h.example/c.mp4,5,4\nhttp://h.example/d.mp4,soon,9\n"http://h.example/e.mp4,1,2\nhttp://h.example/f.mp4,3,4\n',
    );
    const { outputs, messages } = await readAll(urlTable(path));
    expect(outputs.map(({ url }) => url)).toEqual([
      'http://h.example/a.mp4',
      'http://h.example/f.mp4',
    ]);
    expect(messages.map((message) => message.replace(/^list \d+\.csv /, ''))).toEqual([
      'line 3: it has 1 fields, the header has 3.',
      'line 4: "ftp://h.example/b.mp4" is not an http or https address.',
      'line 5: "not an address" is not an address.',
      'line 7: the stretch from "5" to "4" ends before it begins.',
      'line 8: "soon" is not a time.',
      'line 9: a quote is opened and not closed within 1048576 bytes.',
    ]);
  });

  it('fails JSON lines that are none, by line', async () => {
    const path = table('jsonl', '{"url":"http://h.example/a.mp4"}\n{"url":\n[1]\n{"url":5}\n');
    const { outputs, messages } = await readAll(urlTable(path));
    expect(outputs).toHaveLength(1);
    expect(messages.map((message) => message.replace(/^list \d+\.jsonl /, ''))).toEqual([
      'line 2: it is not valid JSON.',
      'line 3: it is not a JSON object.',
      'line 4: it has no address.',
    ]);
  });

  it('makes one candidate of all rows of a video, wherever they stand and however its address is written', async () => {
    const rows = [
      'https://youtu.be/AbCdEfGhIjK?t=4,0:01,0:02.5,one,0.5',
      'http://h.example/a.mp4,,,,0.1',
      'https://www.youtube.com/watch?v=AbCdEfGhIjK&list=x,00:00:03,4,two,0.7',
      'https://m.youtube.com/shorts/AbCdEfGhIjK,3.000,4.0,two,0.9',
      'http://h.example/a.mp4#t=3,,,,0.2',
    ];
    const path = table('csv', `url,start,end,caption,score\n${rows.join('\n')}\n`);
    const { outputs, dropped } = await readAll(urlTable(path, { rowsPerShard: 2 }));
    expect(outputs).toEqual([
      {
        id: 'youtube-AbCdEfGhIjK',
        url: 'https://www.youtube.com/watch?v=AbCdEfGhIjK',
        via: 'yt-dlp',
        spans: [
          { startMs: 1000, endMs: 2500 },
          { startMs: 3000, endMs: 4000 },
        ],
        metadata: {
          clips: [
            { startMs: 1000, endMs: 2500, caption: 'one', score: '0.5' },
            { startMs: 3000, endMs: 4000, caption: 'two', score: '0.7' },
          ],
          table: { file: expect.stringMatching(/^list \d+\.csv$/), line: 2 },
        },
      },
      expect.objectContaining({ url: 'http://h.example/a.mp4', via: 'http' }),
    ]);
    expect(dropped.map(({ reason }) => reason)).toEqual(['duplicate-row', 'duplicate-row']);
  });

  it('keeps what it has read when the table grows, and reads again only what new rows speak of', async () => {
    const row = (index: number): string => `http://h.example/${index}.mp4,${index}\n`;
    const path = table('csv', `url,n\n${[0, 1, 2, 3, 4].map(row).join('')}`);
    const before = await shardsOf(urlTable(path, { rowsPerShard: 2 }));
    appendFileSync(path, `${row(5)}${row(0)}`);
    const after = await shardsOf(urlTable(path, { rowsPerShard: 2 }));
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after[1]).toEqual(before[1]);
    expect(after[0]!.input).toMatchObject({ more: [{ line: 8 }] });
    expect(after[2]!.input).not.toEqual(before[2]!.input);
  });

  it('in a run is read once, and after it has grown only where it has', async () => {
    const path = table('txt', [1, 2, 3, 4, 5].map((n) => `http://h.example/${n}.mp4\n`).join(''));
    const listing = step(
      'list',
      from(urlTable(path, { rowsPerShard: 2 })),
      tableSink(candidatesTable),
    );
    const store = memoryStore();
    const run = async (): Promise<unknown> => {
      const { ran, skipped, totals } = await localExecutor({ concurrency: 2 }).run(listing, {
        store,
      });
      return { ran, skipped, out: totals.stages[0]!.out };
    };
    expect(await run()).toEqual({ ran: 3, skipped: 0, out: 5 });
    expect(await run()).toEqual({ ran: 0, skipped: 3, out: 5 });
    appendFileSync(path, 'http://h.example/6.mp4\nhttp://h.example/7.mp4\n');
    expect(await run()).toEqual({ ran: 2, skipped: 2, out: 7 });
  });

  it('reads only the rows of its shard, and says so when the table was changed meanwhile', async () => {
    const path = table(
      'csv',
      'url\nhttp://h.example/a.mp4\nhttp://h.example/b.mp4\nhttp://h.example/c.mp4\n',
    );
    const source = urlTable(path, { rowsPerShard: 1 });
    const shards = await shardsOf(source);
    const { outputs } = await readAll(source, [shards[1]!]);
    expect(outputs.map(({ url }) => url)).toEqual(['http://h.example/b.mp4']);
    writeFileSync(
      path,
      'url\nhttp://h.example/x.mp4\nhttp://h.example/y.mp4\nhttp://h.example/z.mp4\n',
    );
    await expect(readAll(source, [shards[1]!])).rejects.toThrow(
      'was changed while it was being read',
    );
  });

  it('takes the columns that it is told, numbers in a column of milliseconds as such', async () => {
    const path = table('csv', 'where,what,start_ms,end_ms\nAbCdEfGhIjK,falls,1500,2500.9\n');
    const columns = { youtubeId: 'where', caption: 'what' };
    const { outputs } = await readAll(urlTable(path, { columns, via: 'http' }));
    expect(outputs).toMatchObject([
      { id: 'youtube-AbCdEfGhIjK', via: 'http', spans: [{ startMs: 1500, endMs: 2500 }] },
    ]);
  });

  it('says which columns there are when it cannot tell which one holds the addresses', async () => {
    const path = table('csv', 'where,what\na,b\n');
    await expect(shardsOf(urlTable(path))).rejects.toThrow('"where", "what"');
    await expect(shardsOf(urlTable(path, { columns: { url: 'wher' } }))).rejects.toMatchObject({
      code: 'invalid-config',
    });
  });

  it('refuses what is no table: a missing file, an unknown ending, UTF-16, bytes, an empty file', async () => {
    await expect(shardsOf(urlTable(join(folder, 'none.csv')))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(shardsOf(urlTable(table('xlsx', 'x')))).rejects.toThrow('.parquet');
    await expect(
      shardsOf(urlTable(table('csv', Buffer.from('\ufeffurl\n', 'utf16le')))),
    ).rejects.toThrow('UTF-16');
    await expect(shardsOf(urlTable(table('csv', Buffer.from([1, 0, 2]))))).rejects.toThrow(
      'zero bytes',
    );
    await expect(shardsOf(urlTable(table('parquet', 'PAR1')))).rejects.toThrow(
      'not a Parquet file',
    );
    await expect(shardsOf(urlTable(table('csv', '')))).rejects.toMatchObject({
      code: 'unreadable',
    });
  });

  it('gives up on a file with thousands of quotes that nothing closes', async () => {
    const path = table('csv', `url\n${'"a\n'.repeat(1_500)}${'x'.repeat(2 ** 21)}`);
    await expect(shardsOf(urlTable(path))).rejects.toThrow('cannot be read as a table');
  });

  it('ends when it is cancelled', async () => {
    const path = table('txt', 'http://h.example/a.mp4\n'.repeat(1000));
    const context = { store: undefined as never, signal: AbortSignal.abort() };
    const shards = urlTable(path).shards(context)[Symbol.asyncIterator]();
    await expect(shards.next()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
