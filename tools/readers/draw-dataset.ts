import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import {
  captionsTable,
  formatTimestamp,
  framesTable,
  scoresTable,
  sha256,
  tableKey,
  writeTable,
  type JsonObject,
  type Store,
  type Table,
} from '@internvid/core';
import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  interleave,
  writeDocuments,
  writeTextToVideo,
  type Sample,
} from '@internvid/generation';

import { drawnSamples, streamed } from '../../packages/generation/test/drawn-samples.js';

/** Odd, so that the last shard of each export is not full. */
const CLIPS = 23;

/**
 * Writes a small dataset that is known by construction: its exports in every form, and some of its tables.
 *
 * @returns for each clip, in order, what a row of each form must say.
 */
export async function drawDataset(store: Store): Promise<ReadonlyMap<string, JsonObject>> {
  const samples = await drawnSamples(store, CLIPS);
  const clip = await drawnClip();
  const to = (form: string) => ({
    samples: streamed(samples),
    store,
    prefix: `exports/${form}`,
    name: 'drawn',
  });
  await exportWebDataset({
    ...to('webdataset'),
    maxSamples: 10,
    clipFile: () => Promise.resolve(clip),
  });
  await exportParquet({ ...to('parquet'), maxRows: 10 });
  await exportJsonl(to('jsonl'));
  await writeTextToVideo(streamed(samples), {
    store,
    prefix: 'generated/t2v',
    name: 't2v',
    buckets: { shortSides: [48], frames: [10], fps: [4] },
    clips: {
      producer: { name: 'drawn', version: '1', config: {} },
      make: () => Promise.resolve(clip),
    },
    tars: true,
  });
  const documents = interleave(streamed(samples), { form: 'captions' });
  const place = { prefix: 'generated/documents', name: 'documents', format: 'mmc4' } as const;
  await writeDocuments(documents, { store, ...place });
  await table(
    store,
    captionsTable,
    samples.flatMap((sample) => sample.captions),
  );
  await table(
    store,
    framesTable,
    samples.flatMap((sample) => sample.frames),
  );
  await table(
    store,
    scoresTable,
    samples.flatMap((sample) => sample.scores ?? []),
  );
  return new Map(samples.map((sample) => [sample.clip.id, rowsOf(sample, clip)]));
}

function rowsOf({ clip, captions, frames }: Sample, file: Uint8Array): JsonObject {
  const caption = captions.find(({ scale }) => scale === 'fine')?.text ?? '';
  const row = {
    clip_id: clip.id,
    uri: clip.video.uri,
    start_ms: clip.span.startMs,
    end_ms: clip.span.endMs,
    caption,
  };
  return {
    parquet: row,
    webdataset: {
      ...row,
      __key__: clip.id,
      txt: caption,
      jpg: frames[1]?.picture.sha256 ?? '',
      mp4: sha256(file),
    },
    jsonl: {
      Start_timestamp: formatTimestamp(clip.span.startMs),
      End_timestamp: formatTimestamp(clip.span.endMs),
      Caption: caption,
    },
  };
}

async function table<Row>(store: Store, form: Table<Row>, rows: readonly Row[]): Promise<void> {
  const writer = writeTable(store, tableKey(form.name, 'drawn', 'shard-0'), form);
  for (const row of rows) writer.add(row);
  await writer.finish();
}

/** One second of a test picture as MP4. */
async function drawnClip(): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'internvid-clip-'));
  try {
    const file = join(directory, 'clip.mp4');
    await promisify(execFile)('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc=size=64x48:rate=10:duration=1',
      '-pix_fmt',
      'yuv420p',
      file,
    ]);
    return await readFile(file);
  } finally {
    await rm(directory, { recursive: true });
  }
}
