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
  interleaveSamples,
  withMedia,
  writeDocuments,
  writeDocumentTars,
  writeTextToVideo,
  type Sample,
} from '@internvid/generation';

import { drawnSamples, streamed } from '../../packages/generation/test/drawn-samples.js';

/** Odd, so that the last shard of each export is not full. */
const CLIPS = 23;

/** What the rows of a folder must say, in their order. */
export type DrawnTruth = ReadonlyMap<string, readonly JsonObject[]>;

/** Writes a small dataset that is known by construction: its exports and generated sets in every form, and some of its tables. */
export async function drawDataset(store: Store): Promise<DrawnTruth> {
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
  for (const format of ['documents', 'obelics', 'mmc4', 'chat'] as const) {
    const documents = interleave(streamed(samples), { form: 'captions', dropClips: 0 });
    await writeDocuments(documents, { store, prefix: `generated/${format}`, name: format, format });
  }
  for (const kind of ['frame', 'frames', 'clips'] as const) {
    const documents = interleaveSamples(streamed(samples), { form: 'captions', dropClips: 0 });
    const packed = withMedia(documents, { kind, store, clipFile: () => Promise.resolve(clip) });
    const to = { store, prefix: `generated/packed-${kind}`, name: 'packed', maxDocuments: 3 };
    await writeDocumentTars(packed, to);
  }
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
  const rows = samples.map((sample) => rowsOf(sample, clip));
  return new Map([
    ...(['parquet', 'webdataset', 'jsonl'] as const).map(
      (form) => [`exports/${form}`, rows.map((row) => row[form])] as const,
    ),
    ...(await drawnDocuments(samples, store, clip)),
  ]);
}

/** What documents of three clips each must say, in the forms that loaders know. */
async function drawnDocuments(
  samples: readonly Sample[],
  store: Store,
  file: Uint8Array,
): Promise<readonly (readonly [string, readonly JsonObject[]])[]> {
  const obelics: JsonObject[] = [];
  const frames: JsonObject[] = [];
  const clips: JsonObject[] = [];
  for (let at = 0; at < samples.length; at += 3) {
    const of = samples.slice(at, at + 3);
    const texts = of.map(fineCaption);
    const names = of.map(({ clip }) => `${clip.id}.mp4`);
    obelics.push({
      videos: names.flatMap((name) => [name, null]),
      texts: texts.flatMap((text) => [null, text]),
      general_metadata: JSON.stringify({ videos: [of[0]?.clip.video.id] }),
    });
    const infos = of.map(({ clip }, index) => ({
      video_name: `${clip.id}.mp4`,
      video_id: clip.video.id,
      start_ms: clip.span.startMs,
      end_ms: clip.span.endMs,
      matched_text_index: index,
    }));
    const images: JsonObject[] = [];
    for (const [index, { clip, frames }] of of.entries()) {
      const { picture, timeMs } = frames[1] as (typeof frames)[number];
      const range = { offset: picture.offset ?? 0, length: picture.bytes };
      images.push({
        image_name: `${clip.id}-${timeMs}.jpg`,
        video_name: `${clip.id}.mp4`,
        time_ms: timeMs,
        matched_text_index: index,
        matched_sim: 1,
        image_base64: Buffer.from(await store.read(picture.key, range)).toString('base64'),
        sha256: picture.sha256,
      });
    }
    frames.push({ text_list: texts, video_info: infos, image_info: images });
    const packed = { video_base64: Buffer.from(file).toString('base64'), sha256: sha256(file) };
    clips.push({ text_list: texts, video_info: infos.map((info) => ({ ...info, ...packed })) });
  }
  return [
    ['generated/obelics', obelics],
    ['generated/packed-frame', frames],
    ['generated/packed-clips', clips],
  ];
}

function fineCaption({ captions }: Sample): string {
  return captions.find(({ scale }) => scale === 'fine')?.text ?? '';
}

function rowsOf(
  sample: Sample,
  file: Uint8Array,
): Readonly<Record<'parquet' | 'webdataset' | 'jsonl', JsonObject>> {
  const { clip, frames } = sample;
  const caption = fineCaption(sample);
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
