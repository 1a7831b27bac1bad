import { canonicalJson, ToolkitError, type Store } from '@internvid/core';

import { middleFrame, refusal, type Sample } from '../sample.js';
import { writeExport, type ExportOptions, type ExportReport } from './export.js';
import { shardName, type ExportFolder } from './export-folder.js';
import { readFrame } from './read-frame.js';
import { requiredColumns, sampleRows, type SampleRow } from './sample-row.js';
import { TAR_END_BYTES, tarBytes, tarOf, type TarEntry } from './tar.js';

/** What a WebDataset export needs besides. */
export type WebDatasetOptions = ExportOptions & {
  /** Samples in a shard at most. Default 10 000. */
  readonly maxSamples?: number;
  /**
   * Size of a shard at most, in bytes; a sample that is larger alone gets a shard of its own. Default 1 GB, so that a shard is
   * read in one go and shards are enough to spread over workers.
   */
  readonly maxBytes?: number;
  /**
   * Gives the clip itself as an MP4 file, which becomes the `.mp4` part. Called for four samples at once; up to sixteen files
   * are in memory. Default: no such part.
   */
  readonly clipFile?: (sample: Sample, signal: AbortSignal | undefined) => Promise<Uint8Array>;
};

/** Name of the list of shards with their counts, in the form of the `wids` index, version 1. */
export const SHARD_INDEX = 'index.json';

/** The parts of a sample, in their order in the tar. */
export type PartName = 'json' | 'txt' | 'jpg' | 'mp4';

/** A sample as its parts of a tar. */
export type TarSample = {
  readonly key: string;
  readonly entries: readonly TarEntry[];
  readonly bytes: number;
};

/**
 * Writes tar shards `<name>-000000.tar`, … in the form of webdataset: the parts of a sample lie together and share its clip id
 * as their name. `.json` holds the columns of a row, `.txt` the chosen caption, `.jpg` the sampled frame in the middle, `.mp4`
 * the clip where `clipFile` gives it. All samples have the same parts: one that lacks a part fails.
 *
 * @throws ToolkitError `invalid-record` for a sample that lacks a part or comes twice, `corrupt` for a picture that is not the one
 * that was sampled; see `ExportOptions.fail`.
 */
export async function exportWebDataset(options: WebDatasetOptions): Promise<ExportReport> {
  const { store, signal, clipFile, maxSamples = 10_000, maxBytes = 1e9 } = options;
  const limits = {
    maxSamples: positive(maxSamples, 'maxSamples'),
    maxBytes: positive(maxBytes, 'maxBytes'),
  };
  const parts: readonly PartName[] =
    clipFile === undefined ? ['json', 'txt', 'jpg'] : ['json', 'txt', 'jpg', 'mp4'];
  const rowOf = sampleRows();
  return writeExport<TarSample>(options, {
    format: 'webdataset',
    settings: { ...limits, parts },
    prepare: {
      async reading(sample, preference) {
        const row = rowOf(sample, preference);
        const picture = await middlePicture(sample, store, signal);
        const clip = clipFile === undefined ? undefined : await clipFile(sample, signal);
        if (clip?.byteLength === 0) throw refusal(sample, 'its clip file is empty');
        return readySample(row, picture, clip);
      },
    },
    async write(ready, folder) {
      await writeTarShards(ready, folder, { name: options.name, ...limits });
    },
  });
}

function readySample(row: SampleRow, picture: Uint8Array, clip: Uint8Array | undefined): TarSample {
  const key = row.clip_id;
  return tarSample(key, [
    { name: `${key}.json`, bytes: Buffer.from(canonicalJson(requiredColumns(row))) },
    { name: `${key}.txt`, bytes: Buffer.from(row.caption) },
    { name: `${key}.jpg`, bytes: picture },
    ...(clip === undefined ? [] : [{ name: `${key}.mp4`, bytes: clip }]),
  ]);
}

/** A sample of these entries. */
export function tarSample(key: string, entries: readonly TarEntry[]): TarSample {
  return { key, entries, bytes: entries.reduce((sum, entry) => sum + tarBytes(entry), 0) };
}

async function middlePicture(
  sample: Sample,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  // webdataset takes all before the first dot for the key, so a dot in a key would tear its sample apart.
  if (!/^[a-z0-9_-]+$/.test(sample.clip.id))
    throw refusal(sample, 'its id has other characters than a-z, 0-9, "_", "-"');
  return readFrame(sample, middleFrame(sample), store, signal);
}

/** A stream whose next item can be looked at before it is taken. */
type Lookahead<Item> = { peek(): Promise<Item | undefined>; take(): void };

function lookahead<Item>(items: AsyncIterable<Item>): Lookahead<Item> {
  const iterator = items[Symbol.asyncIterator]();
  let next: Promise<Item | undefined> | undefined;
  const pull = async (): Promise<Item | undefined> => {
    const result = await iterator.next();
    return result.done === true ? undefined : result.value;
  };
  return {
    peek: () => (next ??= pull()),
    take() {
      next = undefined;
    },
  };
}

/** Name of the shards, and their limits. */
export type ShardLimits = {
  readonly name: string;
  readonly maxSamples: number;
  readonly maxBytes: number;
};

/** Writes the shards of samples in their order, and the list of them. */
export async function writeTarShards(
  ready: AsyncIterable<TarSample>,
  folder: ExportFolder,
  limits: ShardLimits,
): Promise<void> {
  const samples = lookahead(ready);
  for (let shard = 0; (await samples.peek()) !== undefined; shard++) {
    const keys = new Set<string>();
    const entries = shardEntries(samples, keys, limits);
    await folder.write(shardName(limits.name, shard, 'tar'), tarOf(entries), () => keys.size);
  }
  await folder.write(SHARD_INDEX, shardIndex(limits.name, folder));
}

async function* shardEntries(
  samples: Lookahead<TarSample>,
  keys: Set<string>,
  { maxSamples, maxBytes }: ShardLimits,
): AsyncGenerator<TarEntry> {
  let bytes = TAR_END_BYTES;
  for (;;) {
    const sample = await samples.peek();
    if (sample === undefined || keys.size === maxSamples) return;
    if (keys.size > 0 && bytes + sample.bytes > maxBytes) return;
    if (keys.has(sample.key)) {
      throw new ToolkitError('invalid-record', `${sample.key} came twice. Give each sample once.`);
    }
    samples.take();
    keys.add(sample.key);
    bytes += sample.bytes;
    yield* sample.entries;
  }
}

function shardIndex(name: string, { files }: ExportFolder): string {
  const shardlist = files.map((file) => ({
    url: file.name,
    nsamples: file.samples ?? 0,
    filesize: file.bytes,
    sha256: file.sha256,
  }));
  return `${JSON.stringify({ wids_version: 1, name, shardlist }, undefined, 2)}\n`;
}

function positive(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`options.${name} must be a whole number of at least 1, got ${value}.`);
  }
  return value;
}
