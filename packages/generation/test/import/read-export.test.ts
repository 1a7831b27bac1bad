import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fileStore, formatTimestamp, sha256, type Store } from '@internvid/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  readExport,
  type ExportedSample,
  type Sample,
} from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

let directory: string;
let store: Store;
let samples: readonly Sample[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'internvid-import "quoted" 🎬-'));
  store = fileStore(directory);
  samples = await drawnSamples(store, 11);
  const to = (name: string) => ({
    samples: streamed(samples),
    store,
    prefix: `exports/${name}`,
    name,
  });
  const clipFile = ({ clip }: Sample): Promise<Uint8Array> => Promise.resolve(Buffer.from(clip.id));
  await exportWebDataset({ ...to('webdataset'), maxSamples: 4, clipFile });
  await exportParquet({ ...to('parquet'), maxRows: 3 });
  await exportJsonl(to('jsonl'));
});
afterAll(async () => rm(directory, { recursive: true }));

async function read(name: string): Promise<readonly ExportedSample[]> {
  const found: ExportedSample[] = [];
  for await (const sample of readExport({ store, prefix: `exports/${name}` })) found.push(sample);
  return found;
}

describe('readExport', () => {
  it('gives the same rows from tars as from Parquet, all of what was known', async () => {
    const [tars, tables] = [await read('webdataset'), await read('parquet')];
    expect(tars.map(({ row }) => row)).toEqual(tables.map(({ row }) => row));
    expect(tables.map(({ key }) => key)).toEqual(samples.map(({ clip }) => clip.id));
    const [{ row }] = tables as [ExportedSample & { format: 'parquet' }];
    const [{ clip, captions }] = samples as [Sample];
    expect(row).toMatchObject({
      uri: clip.video.uri,
      start_ms: clip.span.startMs,
      caption: captions.find(({ scale }) => scale === 'fine')?.text,
      caption_coarse: captions.find(({ scale }) => scale === 'coarse')?.text,
      frames_sha256: captions[0]?.framesSha256,
    });
    expect(JSON.parse(row.metadata)).toEqual(clip.video.metadata);
  });

  it('gives the pictures and clips that were packed', async () => {
    for (const [at, sample] of (await read('webdataset')).entries()) {
      if (sample.format !== 'webdataset') throw new Error('It is no tar.');
      const { clip, frames } = samples[at] as Sample;
      const part = (name: string): Uint8Array =>
        sample.parts.find((each) => each.name === `${clip.id}.${name}`)?.bytes ?? Buffer.from('');
      expect(sha256(part('jpg'))).toBe(frames[1]?.picture.sha256);
      expect(Buffer.from(part('mp4')).toString()).toBe(clip.id);
    }
  });

  it('gives the rows of the published form', async () => {
    const rows = (await read('jsonl')).map(({ row }) => row);
    expect(rows).toHaveLength(11);
    expect(rows[4]).toMatchObject({
      Start_timestamp: formatTimestamp(samples[4]!.clip.span.startMs),
      Caption: samples[4]!.captions.find(({ scale }) => scale === 'fine')?.text,
    });
  });

  it('refuses what is unfinished, cut off or no export', async () => {
    await expect(read('nothing')).rejects.toMatchObject({ code: 'not-found' });
    const file = 'exports/webdataset/webdataset-000001.tar';
    const bytes = await store.read(file);
    await store.write(file, bytes.slice(0, 3_000));
    await expect(read('webdataset')).rejects.toMatchObject({ code: 'corrupt' });
    await store.write(file, bytes);
    await store.write('exports/parquet/parquet-000002.parquet', 'no table');
    await expect(read('parquet')).rejects.toMatchObject({ code: 'corrupt' });
  });
});
