import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import { fileStore, readTable } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { exportParquet, samplesTable, type SampleRow } from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

describe('exportParquet', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'internvid-parquet "quoted" 🎬-'));
  });
  afterAll(async () => rm(directory, { recursive: true }));

  it('writes rows that DuckDB reads and can reckon with', async () => {
    const store = fileStore(directory);
    const samples = await drawnSamples(store, 11);
    const { files } = await exportParquet({
      samples: streamed(samples),
      store,
      prefix: 'exports/parquet',
      name: 'drawn',
      maxRows: 4,
    });
    const own = files.filter(({ name }) => !name.startsWith('statistics/'));
    expect(own.map(({ name, samples: count }) => [name, count])).toEqual([
      ['README.md', undefined],
      ['drawn-000000.parquet', 4],
      ['drawn-000001.parquet', 4],
      ['drawn-000002.parquet', 3],
    ]);
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const path = join(directory, 'exports/parquet/*.parquet').replaceAll("'", "''");
    const reader = await connection.runAndReadAll(
      `select count(*)::int as clips, sum(duration_ms)::int as total, count(caption_coarse)::int as coarse,
         sum((scores->>'aesthetic')::double) as aesthetic, min(frame_captions->0->>'text') as frame
       from '${path}'`,
    );
    const [row] = reader.getRowObjectsJson();
    connection.closeSync();
    expect(row).toEqual({
      clips: 11,
      total: samples.reduce((sum, { clip }) => sum + clip.span.endMs - clip.span.startMs, 0),
      coarse: 10,
      aesthetic: samples
        .flatMap(({ scores }) => scores ?? [])
        .reduce((sum, { value }) => sum + value, 0),
      frame: 'Frame 0 of clip 0.',
    });
  });

  it('is read back row by row as it was written', async () => {
    const store = memoryStore();
    const samples = await drawnSamples(store, 9);
    await exportParquet({
      samples: streamed(samples),
      store,
      prefix: 'exports/parquet',
      name: 'drawn',
    });
    const rows: SampleRow[] = [];
    for await (const row of readTable(store, 'exports/parquet/drawn-000000.parquet', samplesTable))
      rows.push(row);
    expect(rows.map((row) => row.clip_id)).toEqual(samples.map(({ clip }) => clip.id));
    expect(rows[1]).toMatchObject({
      uri: '/films/drawn "0" 🎬.mp4',
      license: 'CC-BY-4.0',
      caption_scale: 'fine',
      height: 480,
    });
    expect(rows[7]).not.toHaveProperty('caption_coarse');
    expect(JSON.parse(rows[4]!.metadata)).toEqual({ tags: ['drawn', 1], title: 'Film 1' });
  });

  it('gives the same bytes again', async () => {
    const store = memoryStore();
    const samples = await drawnSamples(store, 5);
    const to = () => ({
      samples: streamed(samples),
      store,
      prefix: 'exports/parquet',
      name: 'drawn',
      maxRows: 2,
    });
    expect(await exportParquet(to())).toEqual(await exportParquet(to()));
  });

  it('writes a file without rows for no samples', async () => {
    const store = memoryStore();
    const report = await exportParquet({
      samples: streamed([]),
      store,
      prefix: 'exports/parquet',
      name: 'drawn',
    });
    expect(report.files).toContainEqual(
      expect.objectContaining({ name: 'drawn-000000.parquet', samples: 0 }),
    );
  });

  it('fails a sample of a video that was never probed', async () => {
    const store = memoryStore();
    const [sample] = await drawnSamples(store, 1);
    const { info: _, ...video } = sample!.clip.video;
    const unprobed = { ...sample!, clip: { ...sample!.clip, video } };
    const failed: string[] = [];
    await exportParquet({
      samples: streamed([unprobed]),
      store,
      prefix: 'exports/parquet',
      name: 'drawn',
      fail: (_input, error) => failed.push(error.message),
    });
    expect(failed).toEqual([expect.stringMatching(/its video was never probed/)]);
  });
});
