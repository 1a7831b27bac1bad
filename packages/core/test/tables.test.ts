import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from '@jest/globals';

import {
  captionsTable,
  countRows,
  embeddingsTable,
  fileStore,
  readTable,
  videosTable,
  writeTable,
  type Caption,
  type Embedding,
  type Store,
  type Table,
  type Video,
} from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';

const by = { name: 'maker', version: '1.2.3', config: { threshold: 27, note: 'é 🎬 "quoted"' } };

function caption(index: number): Caption {
  const text = index % 7 === 0 ? 'a cat' : `caption ${index} — naïve 🐈`;
  const time = index % 3 === 0 ? {} : { timeMs: index * 40 };
  return {
    clip: `clip-${index}`,
    scale: 'frame',
    ...time,
    text,
    language: 'en',
    framesSha256: 'ab'.repeat(32),
    by,
  };
}

async function write<Row>(
  store: Store,
  key: string,
  table: Table<Row>,
  rows: Iterable<Row>,
): Promise<void> {
  const writer = writeTable(store, key, table);
  for (const row of rows) writer.add(row);
  await writer.finish();
}

async function readAll<Row>(store: Store, key: string, table: Table<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readTable(store, key, table)) rows.push(row);
  return rows;
}

async function query(sql: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  return (await connection.runAndReadAll(sql)).getRowObjectsJson();
}

describe('a table', () => {
  it('reads back what was written, over several row groups', async () => {
    const store = memoryStore();
    const rows = Array.from({ length: 25_001 }, (_, index) => caption(index));
    await write(store, 'captions.parquet', captionsTable, rows);
    expect(await readAll(store, 'captions.parquet', captionsTable)).toEqual(rows);
    expect(await countRows(store, 'captions.parquet')).toBe(25_001);
  });

  it('writes equal rows as equal bytes', async () => {
    const store = memoryStore();
    for (const key of ['one', 'two'])
      await write(store, key, captionsTable, [caption(1), caption(2)]);
    expect(await store.read('one')).toEqual(await store.read('two'));
  });

  it('can be empty', async () => {
    const store = memoryStore();
    await write(store, 'empty.parquet', captionsTable, []);
    expect(await readAll(store, 'empty.parquet', captionsTable)).toEqual([]);
  });

  it('says which cell lacks its value', async () => {
    const store = memoryStore();
    const writer = writeTable(store, 'key', captionsTable);
    writer.add({ ...caption(1), text: undefined as unknown as string });
    await expect(writer.finish()).rejects.toThrow('captions.text');
  });

  it('refuses what is no Parquet and what lacks a column', async () => {
    const store = memoryStore();
    await store.write('page.parquet', '<html>not found</html>');
    await expect(readAll(store, 'page.parquet', captionsTable)).rejects.toMatchObject({
      code: 'corrupt',
    });
    await write(store, 'captions.parquet', captionsTable, [caption(1)]);
    await expect(readAll(store, 'captions.parquet', embeddingsTable)).rejects.toMatchObject({
      message: expect.stringContaining('lacks of, dimension, vector'),
    });
  });

  it('is read by DuckDB with the same values', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'internvid-tables-'));
    const store = fileStore(folder);
    await write(store, 'captions.parquet', captionsTable, [caption(3), caption(4)]);
    const vector = Float32Array.of(0.6, -0.8);
    const embedding: Embedding = { clip: 'clip-1', of: 'caption-fine', vector, by };
    await write(store, 'embeddings.parquet', embeddingsTable, [embedding]);
    const video: Video = { id: 'v', uri: '/a/b.mp4', metadata: { title: 'x' } };
    await write(store, 'videos.parquet', videosTable, [video]);

    expect(
      await query(
        `select clip_id, time_ms, text, by_config->>'note' note from '${folder}/captions.parquet' order by clip_id`,
      ),
    ).toEqual([
      { clip_id: 'clip-3', time_ms: null, text: 'caption 3 — naïve 🐈', note: by.config.note },
      { clip_id: 'clip-4', time_ms: '160', text: 'caption 4 — naïve 🐈', note: by.config.note },
    ]);
    expect(
      await query(
        `select dimension, octet_length(vector) bytes, hex(vector) hex from '${folder}/embeddings.parquet'`,
      ),
    ).toEqual([{ dimension: 2, bytes: '8', hex: '9A99193FCDCC4CBF' }]);
    expect(
      await query(`select metadata->>'title' title, width from '${folder}/videos.parquet'`),
    ).toEqual([{ title: 'x', width: null }]);
    expect(await readAll(store, 'embeddings.parquet', embeddingsTable)).toEqual([embedding]);
    expect(await readAll(store, 'videos.parquet', videosTable)).toEqual([video]);
  });
});
