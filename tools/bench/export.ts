import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DuckDBInstance } from '@duckdb/node-api';
import {
  clipId,
  fileStore,
  frameId,
  framesSha256,
  sha256,
  span,
  videoId,
  type Caption,
  type Producer,
  type Store,
  type Video,
} from '@internvid/core';
import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  type ExportReport,
  type Sample,
} from '@internvid/generation';

import { measured, type Bench, type Measurement } from './bench.js';

const MB = 1e6;
const ROWS = 100_000;
const CLIPS = 1_000;
const CLIP_BYTES = 400_000;
const PICTURE_BYTES = 40_000;
const BY: Producer = { name: 'made-up', version: '1', config: {} };
/** Best of so many: the machine is shared. */
const RUNS = 5;

/**
 * Exports made-up samples: 1,000 with clips of 400 kB and pictures of 40 kB as WebDataset, 100,000 rows as Parquet and JSONL. `ratio-to-copy` is
 * the time that copying the exported files takes (read, write, flush to the disk), over the time of the export. Rows must be encoded,
 * so for them `ratio-to-encode` is the nearer limit: the time that encoding and writing the very same rows takes with nothing else, over the
 * time of the export. For Parquet that is DuckDB with one thread and the same compression, for JSONL `JSON.stringify`.
 */
export const bench: Bench = async ({ say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  try {
    const store = fileStore(folder);
    say('making pictures and clips');
    const clip = noise(CLIP_BYTES, 1);
    const pictures = noise(PICTURE_BYTES * 64, 2);
    await store.write('assets/pictures.bin', pictures);
    for (let at = 0; at < CLIPS; at++) await store.write(clipKey(at), clip);
    const few = madeUp(CLIPS, pictures);
    // Made when they are needed: a heap full of rows slows the collection of garbage in the export before.
    let rows: readonly Sample[] | undefined;
    const many = (): readonly Sample[] => (rows ??= madeUp(ROWS, pictures));
    const clipFile = ({ clip: { span: at } }: Sample): Promise<Uint8Array> =>
      store.read(clipKey(at.startMs / 5_000));
    const to = (name: string, samples: readonly Sample[]) => ({
      samples: streamed(samples),
      store,
      prefix: `exports/${name}`,
      name,
    });
    const forms: Readonly<Record<string, Form>> = {
      webdataset: { write: () => exportWebDataset({ ...to('webdataset', few), clipFile }) },
      parquet: { write: () => exportParquet(to('parquet', many())), encode: timeParquet },
      jsonl: { write: () => exportJsonl(to('jsonl', many())), encode: timeJsonl },
    };
    const measurements: Measurement[] = [];
    for (const [name, form] of Object.entries(forms)) {
      say(name);
      measurements.push(...(await measure(name, store, form)));
    }
    return measurements;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

type Form = {
  readonly write: () => Promise<ExportReport>;
  /** Milliseconds that encoding the rows of an exported file and writing them takes. */
  readonly encode?: (file: string, to: string) => Promise<number>;
};

async function measure(
  name: string,
  store: Store,
  { write, encode }: Form,
): Promise<readonly Measurement[]> {
  let [exported, copied, encoded, bytes, samples] = [Infinity, Infinity, Infinity, 0, 0];
  for (let run = 0; run < RUNS; run++) {
    // What is there already would be compared, not written.
    await rm(join(store.location, 'exports', name), { recursive: true, force: true });
    const begin = performance.now();
    const report = await write();
    exported = Math.min(exported, performance.now() - begin);
    ({ bytes, samples } = report);
    const path = (file: { readonly name: string }): string =>
      join(store.location, 'exports', name, file.name);
    const to = join(store.location, 'copy');
    copied = Math.min(copied, await timeCopy(report.files.map(path), to));
    const [rows] = report.files.filter((file) => file.samples === samples).map(path);
    if (encode !== undefined && rows !== undefined)
      encoded = Math.min(encoded, await encode(rows, to));
  }
  return [
    measured(name, 'mb-per-second', bytes / MB / (exported / 1000), 'MB/s'),
    measured(name, 'samples-per-second', samples / (exported / 1000), 'samples/s'),
    measured(name, 'copy-mb-per-second', bytes / MB / (copied / 1000), 'MB/s'),
    measured(name, 'ratio-to-copy', copied / exported, 'ratio', 0.8),
    ...(encode === undefined
      ? []
      : [measured(name, 'ratio-to-encode', encoded / exported, 'ratio', 0.8)]),
  ];
}

async function timeParquet(file: string, to: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`create table rows as select * from read_parquet('${file}')`);
    const begin = performance.now();
    await connection.run(
      `copy rows to '${to}' (format parquet, compression snappy, row_group_size 10000)`,
    );
    await flushed(to);
    return performance.now() - begin;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function timeJsonl(file: string, to: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  const rows = lines.map((line) => JSON.parse(line) as unknown);
  const begin = performance.now();
  await writeFile(to, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await flushed(to);
  return performance.now() - begin;
}

async function flushed(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
}

async function timeCopy(files: readonly string[], to: string): Promise<number> {
  const begin = performance.now();
  for (const file of files) {
    const handle = await open(to, 'w');
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>)
      await handle.writeFile(chunk);
    await handle.sync();
    await handle.close();
  }
  return performance.now() - begin;
}

function clipKey(number: number): string {
  return `assets/clips/${number}.mp4`;
}

async function* streamed(samples: readonly Sample[]): AsyncGenerator<Sample> {
  await Promise.resolve();
  yield* samples;
}

const WORDS =
  'a man in a red shirt walks along the river while two dogs run behind him and the camera pans to the left'.split(
    ' ',
  );

function madeUp(count: number, pictures: Uint8Array): readonly Sample[] {
  const hashes = Array.from({ length: 64 }, (_, at) =>
    sha256(pictures.subarray(at * PICTURE_BYTES, (at + 1) * PICTURE_BYTES)),
  );
  return Array.from({ length: count }, (_, at) => sampleNumber(at, hashes));
}

function sampleNumber(at: number, hashes: readonly string[]): Sample {
  const number = Math.floor(at / 20);
  const video: Video = {
    id: videoId(`video ${number}`, sha256(String(number))),
    uri: `/videos/${number}.mp4`,
    license: 'cc-by',
    metadata: { category: `category ${number % 16}` },
    info: INFO,
  };
  const where = span(at * 5_000, at * 5_000 + 4_000);
  const id = clipId(video.id, where);
  const place = at % 64;
  const proof = framesSha256([hashes[place] ?? '']);
  const caption = (scale: 'coarse' | 'fine'): Caption => ({
    clip: id,
    scale,
    text: `${[...WORDS.slice(at % 7), String(at)].join(' ')}.`,
    language: 'en',
    framesSha256: proof,
    by: BY,
  });
  const picture = {
    key: 'assets/pictures.bin',
    offset: place * PICTURE_BYTES,
    bytes: PICTURE_BYTES,
    sha256: hashes[place] ?? '',
    mediaType: 'image/jpeg',
  };
  return {
    clip: { id, video, span: where, facts: { camera: 'static', motionWidthsPerSecond: at / 1e6 } },
    captions: [caption('coarse'), caption('fine')],
    frames: [
      {
        id: frameId(id, where.startMs),
        clip: id,
        timeMs: where.startMs,
        width: 640,
        height: 360,
        picture,
      },
    ],
    scores: [{ clip: id, name: 'aesthetic', value: 4 + (at % 100) / 50, by: BY }],
  };
}

/** Bytes that do not compress. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

const INFO: NonNullable<Video['info']> = {
  container: 'mov,mp4,m4a,3gp,3g2,mj2',
  bytes: 100_000,
  durationMs: 100_000,
  startMs: 0,
  video: {
    stream: 0,
    codec: 'h264',
    pixelFormat: 'yuv420p',
    bitDepth: 8,
    width: 640,
    height: 360,
    displayWidth: 640,
    displayHeight: 360,
    rotation: 0,
    sampleAspectRatio: { num: 1, den: 1 },
    frameRate: { num: 25, den: 1 },
    isVariableFrameRate: false,
    frames: 2_500,
    firstFrameMs: 0,
    keyFrames: 100,
    colorTransfer: 'bt709',
    colorPrimaries: 'bt709',
    colorSpace: 'bt709',
    isHdr: false,
    isInterlaced: false,
    hasAlpha: false,
  },
  otherVideoTracks: 0,
  audio: [],
  subtitles: [],
  warnings: [],
};
