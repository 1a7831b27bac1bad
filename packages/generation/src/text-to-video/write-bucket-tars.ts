import type { Store } from '@internvid/core';

import { shardName, type ExportFolder } from '../exports/export-folder.js';
import { TAR_END_BYTES, tarBytes, tarOf, type TarEntry } from '../exports/tar.js';
import { readTextToVideo } from './read-text-to-video.js';
import { textToVideoPart, type TextToVideoRow } from './text-to-video-row.js';

/** As in the WebDataset export. */
const MAX_SAMPLES = 10_000;
const MAX_BYTES = 1e9;

/** Where the rows and clip files of a set are. */
export type BucketTarsOptions = {
  readonly store: Store;
  readonly prefix: string;
  readonly name: string;
  readonly signal?: AbortSignal;
};

/**
 * Packs the clips of each bucket as WebDataset shards `<name>-<bucket>-000000.tar`, …: `.json` the row, `.txt` its caption, `.mp4` the clip. A
 * batch of one shard has one size.
 */
export async function writeBucketTars(
  folder: ExportFolder,
  options: BucketTarsOptions,
  buckets: Readonly<Record<string, number>>,
): Promise<void> {
  for (const bucket of Object.keys(buckets).sort()) {
    const samples = samplesOf(bucket, options);
    let next = await samples.next();
    for (let shard = 0; next.done !== true; shard++) {
      let count = 0;
      const entries = async function* (): AsyncGenerator<TarEntry> {
        for (let bytes = TAR_END_BYTES; next.done !== true; next = await samples.next()) {
          bytes += next.value.reduce((sum, entry) => sum + tarBytes(entry), 0);
          if (count > 0 && (count === MAX_SAMPLES || bytes > MAX_BYTES)) return;
          count++;
          yield* next.value;
        }
      };
      const file = shardName(`${options.name}-${bucket}`, shard, 'tar');
      await folder.write(file, tarOf(entries()), () => count);
    }
  }
}

async function* samplesOf(
  bucket: string,
  { store, prefix, name, signal }: BucketTarsOptions,
): AsyncGenerator<readonly TarEntry[], undefined> {
  for await (const row of readTextToVideo(store, prefix, name, signal)) {
    if (row.bucket !== bucket || row.file === undefined) continue;
    yield entriesOf(row, await store.read(`${prefix}/${row.file}`, undefined, signal));
  }
  return undefined;
}

function entriesOf(row: TextToVideoRow, clip: Uint8Array): readonly TarEntry[] {
  return [
    { name: `${row.clip_id}.json`, bytes: Buffer.from(textToVideoPart(row)) },
    { name: `${row.clip_id}.txt`, bytes: Buffer.from(row.caption) },
    { name: `${row.clip_id}.mp4`, bytes: clip },
  ];
}
