import {
  fingerprintOf,
  mapInOrder,
  sha256,
  span,
  ToolkitError,
  isAbort,
  writeTable,
  type JsonObject,
  type Store,
} from '@internvid/core';

import { exportFolder, type ExportFolder } from '../exports/export-folder.js';
import { MANIFEST, type ExportedFile } from '../exports/manifest.js';
import { claimFolder } from '../generated.js';
import type { Sample } from '../sample.js';
import {
  rowChooser,
  type ChosenRow,
  type RowChooser,
  type TextToVideoCounts,
  type TextToVideoRules,
} from './choose-rows.js';
import type { ClipMaker } from './clip-maker.js';
import { previewSheet } from './preview-sheet.js';
import { readTextToVideo } from './read-text-to-video.js';
import { textToVideoLine, textToVideoTable } from './text-to-video-row.js';
import { writeBucketTars } from './write-bucket-tars.js';

/** Where a text-to-video set goes, and what is in it. */
export type WriteTextToVideoOptions = TextToVideoRules & {
  readonly store: Store;
  /** Folder in the store: `generated/<name>`. */
  readonly prefix: string;
  /** First part of the file names. */
  readonly name: string;
  /** Makes the clip files. Default: clips are named by their video and times alone. */
  readonly clips?: ClipMaker;
  /** With `clips`: packs the files of each bucket as WebDataset shards too. Default false. */
  readonly tars?: boolean;
  /** Clips made at once. Default 1. */
  readonly concurrency?: number;
  /** Is told of each clip whose file cannot be made; it is left out and counted. Default: the first one ends the writing. */
  fail?(clip: string, error: ToolkitError): void;
  readonly signal?: AbortSignal;
};

/** What was written. */
export type WrittenTextToVideo = TextToVideoCounts & { readonly files: readonly ExportedFile[] };

/**
 * Writes a text-to-video set: `<name>.parquet` and `<name>.jsonl` with a row for each clip, `preview.html` with what is in each bucket, where
 * asked for the clip files and tars of them, and last `manifest.json` with counts and checksums. The same samples
 * and rules give the same bytes. Clip files that an interrupted run has made are used again.
 *
 * @throws RangeError for rules that cannot be; TypeError for `tars` without `clips`.
 */
export async function writeTextToVideo(
  samples: AsyncIterable<Sample>,
  options: WriteTextToVideoOptions,
): Promise<WrittenTextToVideo> {
  const { store, prefix, name, clips, signal } = options;
  if (options.tars === true && clips === undefined)
    throw new TypeError('options.tars needs options.clips.');
  const chooser = rowChooser(options);
  await claimFolder(store, prefix, 'text-to-video', signal);
  const folder = exportFolder(store, prefix, signal);
  const files = await writeRows(samples, chooser, folder, options);
  await folder.write(`${name}.jsonl`, jsonLines(options), () => chooser.counts.kept);
  if (options.tars === true) await writeBucketTars(folder, options, chooser.counts.buckets);
  await removeOthers(options, folder, files);
  const { counts, settings } = chooser;
  const manifest: JsonObject = {
    schema: 1,
    kind: 'text-to-video',
    name,
    settings: { ...settings, clips: clips?.producer ?? null, tars: options.tars ?? false },
    ...(counts as unknown as JsonObject),
    conditions: counts.conditions,
    buckets: sorted(counts.buckets),
    files: folder.files,
  };
  await store.write(`${prefix}/${MANIFEST}`, `${JSON.stringify(manifest, undefined, 2)}\n`, signal);
  return { ...counts, conditions: counts.conditions, files: folder.files };
}

/** Writes the table and the preview. @returns the keys of the clip files. */
async function writeRows(
  samples: AsyncIterable<Sample>,
  chooser: RowChooser,
  folder: ExportFolder,
  options: WriteTextToVideoOptions,
): Promise<ReadonlySet<string>> {
  const { store, prefix, name, concurrency = 1, signal } = options;
  const sheet = previewSheet(store, signal);
  const files = new Set<string>();
  const writer = writeTable(store, folder.key(`${name}.parquet`), textToVideoTable, signal);
  const chosen = chosenRows(samples, chooser, signal);
  try {
    for await (const { sample, row, error } of mapInOrder(chosen, { concurrency }, (each) =>
      withFile(each, options),
    )) {
      if (error !== undefined) {
        if (options.fail === undefined) throw error;
        options.fail(row.clip_id, error);
        chooser.settle(row, 'not-cut');
        continue;
      }
      chooser.settle(row);
      if (row.file !== undefined) files.add(`${prefix}/${row.file}`);
      await sheet.add({ sample, row });
      writer.add(row);
    }
    folder.add(await writer.finish(), chooser.counts.kept);
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
  await folder.write('preview.html', sheet.page(name, chooser.counts.buckets));
  return files;
}

async function* chosenRows(
  samples: AsyncIterable<Sample>,
  chooser: RowChooser,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChosenRow> {
  for await (const sample of samples) {
    signal?.throwIfAborted();
    const chosen = chooser.choose(sample);
    if (chosen !== undefined) yield chosen;
  }
}

/** The row with its clip file, made unless it is there already; files of other settings have other names. */
async function withFile(
  { sample, row }: ChosenRow,
  { store, prefix, clips, signal }: WriteTextToVideoOptions,
): Promise<ChosenRow & { readonly error?: ToolkitError }> {
  if (clips === undefined) return { sample, row };
  const { clip_id, bucket, start_ms, end_ms, width, height, frames, fps } = row;
  const crop = {
    left: row.crop_left,
    top: row.crop_top,
    width: row.crop_width,
    height: row.crop_height,
  };
  const shown = { crop, width, height, frames, fps };
  const print = fingerprintOf({ clips: clips.producer, start_ms, end_ms, ...shown });
  const file = `clips/${bucket}/${clip_id}-${print}.mp4`;
  const key = `${prefix}/${file}`;
  try {
    const known = (await store.stat(key, signal)) !== undefined;
    const bytes = known
      ? await store.read(key, undefined, signal)
      : await clips.make({ clip: sample.clip, span: span(start_ms, end_ms), ...shown }, signal);
    if (!known) await store.write(key, bytes, signal);
    const made = { file, file_bytes: bytes.byteLength, file_sha256: sha256(bytes) };
    return { sample, row: { ...row, ...made } };
  } catch (error) {
    if (isAbort(error) || !ToolkitError.is(error) || error.stopsRun) throw error;
    return { sample, row, error };
  }
}

async function* jsonLines(options: WriteTextToVideoOptions): AsyncGenerator<Uint8Array> {
  for await (const row of readTextToVideo(options.store, options.prefix, options.name))
    yield Buffer.from(`${textToVideoLine(row)}\n`);
}

/** What an earlier set of other rules left behind. */
async function removeOthers(
  { store, prefix, name, signal }: WriteTextToVideoOptions,
  folder: ExportFolder,
  clips: ReadonlySet<string>,
): Promise<void> {
  const current = new Set(folder.files.map(({ name }) => folder.key(name)));
  for await (const { key } of store.list(prefix, signal)) {
    const file = key.slice(prefix.length + 1);
    const isOurs =
      file.startsWith('clips/') || (file.startsWith(`${name}-`) && file.endsWith('.tar'));
    if (isOurs && !current.has(key) && !clips.has(key)) await store.remove(key, signal);
  }
}

function sorted(counts: Readonly<Record<string, number>>): JsonObject {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
