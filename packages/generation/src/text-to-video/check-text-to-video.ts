import { canonicalJson, sha256, ToolkitError, type JsonObject } from '@internvid/core';

import { absentClip, type Finding } from '../exports/finding.js';
import { MANIFEST } from '../exports/manifest.js';
import { mp4Fault } from '../exports/mp4-fault.js';
import {
  numberedLines,
  repeatedKeys,
  wrongLineCount,
  type CheckedSet,
} from '../generated-check.js';
import type { KnownDataset } from '../known-dataset.js';
import { checkBucketTar, type RowProof } from './check-bucket-tar.js';
import { readTextToVideo } from './read-text-to-video.js';
import { textToVideoLine, textToVideoPart, type TextToVideoRow } from './text-to-video-row.js';

/**
 * Looks into a text-to-video set: the table readable, each clip once, inside the clip of the dataset and with a caption of it; the JSON lines and tars
 * those of the table; every clip file there, whole and unchanged; the counts those of the list.
 */
export async function* checkTextToVideo(checked: CheckedSet): AsyncGenerator<Finding> {
  const { store, prefix, manifest, files, known, signal } = checked;
  const table = files.find(({ name }) => name === `${manifest.name}.parquet`);
  if (table === undefined) return;
  const file = table.name;
  const rows = new Map<string, RowProof>();
  const buckets: Record<string, number> = {};
  const clipFiles = new Set<string>();
  const repeated = repeatedKeys(file);
  let count = 0;
  try {
    for await (const row of readTextToVideo(store, prefix, manifest.name, signal)) {
      count++;
      yield* repeated(row.clip_id, count);
      yield* wrongRow(file, row);
      yield* foreignStretch(file, row, known);
      yield* wrongClip(checked, file, row);
      if (row.file !== undefined) clipFiles.add(row.file);
      buckets[row.bucket] = (buckets[row.bucket] ?? 0) + 1;
      rows.set(row.clip_id, {
        line: sha256(textToVideoLine(row)),
        part: sha256(textToVideoPart(row)),
        caption: sha256(row.caption),
        clip: row.file_sha256,
      });
    }
  } catch (error) {
    if (!ToolkitError.is(error) || !['corrupt', 'invalid-record'].includes(error.code)) throw error;
    const problem = error.code === 'corrupt' ? 'unreadable-parquet' : 'bad-row';
    yield { file, problem, message: error.message };
    return;
  }
  yield* wrongLineCount(table, count);
  yield* checkLines(checked, rows);
  for (const tar of files.filter(({ name }) => name.endsWith('.tar')))
    yield* checkBucketTar(checked, tar, rows);
  yield* wrongCounts(manifest, count, buckets);
  yield* unlistedClips(checked, clipFiles);
}

function* wrongRow(file: string, row: TextToVideoRow): Generator<Finding> {
  const { clip_id: clip, width, height, frames, fps } = row;
  const faults = [
    row.start_ms < 0 || row.end_ms <= row.start_ms ? 'it ends before it begins' : '',
    row.bucket === `${width}x${height}-${frames}f-${fps}fps` ? '' : `its bucket is ${row.bucket}`,
    row.crop_left < 0 ||
    row.crop_top < 0 ||
    row.crop_left + row.crop_width > row.source_width ||
    row.crop_top + row.crop_height > row.source_height
      ? 'its crop is not inside the picture'
      : '',
    row.caption.trim() === '' ? 'its caption is empty' : '',
  ].filter((fault) => fault !== '');
  if (faults.length > 0)
    yield { file, problem: 'bad-row', message: `${clip}: ${faults.join('; ')}.` };
}

function* foreignStretch(
  file: string,
  row: TextToVideoRow,
  known: KnownDataset | undefined,
): Generator<Finding> {
  if (known === undefined) return;
  const clip = known.clip(row.clip_id);
  if (clip === undefined) {
    yield { file, ...absentClip(row.clip_id, known.isWithdrawn(row.clip_id)) };
    return;
  }
  const { startMs, endMs } = clip.span;
  if (clip.video !== row.video_id || row.start_ms < startMs || row.end_ms > endMs)
    yield {
      file,
      problem: 'times-out-of-order',
      message: `${row.clip_id} is shown from ${row.start_ms} to ${row.end_ms} ms of ${row.video_id}, outside the clip.`,
    };
  if (!clip.hasCaption(writtenCaption(row), row.frames_sha256))
    yield {
      file,
      problem: 'foreign-caption',
      message: `The caption of ${row.clip_id} is made of none that the dataset has for this clip and its frames.`,
    };
}

/** The caption without what measurement added to it. */
function writtenCaption({ caption, caption_form, measured_words = '' }: TextToVideoRow): string {
  const head = caption_form === 'structured' ? 'Content: ' : '';
  const isWhole = caption.startsWith(head) && caption.endsWith(measured_words);
  return isWhole
    ? caption.slice(head.length, caption.length - measured_words.length).trim()
    : caption;
}

async function* wrongClip(
  { store, prefix, signal }: CheckedSet,
  table: string,
  { clip_id, file, file_bytes, file_sha256 }: TextToVideoRow,
): AsyncGenerator<Finding> {
  if (file === undefined) return;
  const key = `${prefix}/${file}`;
  if (!/^clips\/[^/\\]+\/[^/\\]+\.mp4$/.test(file)) {
    yield { file: table, problem: 'bad-row', message: `${clip_id}: "${file}" is no clip file.` };
    return;
  }
  if ((await store.stat(key, signal)) === undefined) {
    yield { file, problem: 'missing-clip', message: `The file of ${clip_id} is not there.` };
    return;
  }
  const bytes = await store.read(key, undefined, signal);
  const fault = mp4Fault(bytes);
  if (fault !== undefined)
    yield { file, problem: 'unreadable-clip', message: `It is no whole MP4: ${fault}.` };
  if (bytes.byteLength !== file_bytes || sha256(bytes) !== file_sha256)
    yield {
      file,
      problem: 'changed-clip',
      message: `Its bytes are not those that were made of ${clip_id}.`,
    };
}

async function* checkLines(
  checked: CheckedSet,
  rows: ReadonlyMap<string, RowProof>,
): AsyncGenerator<Finding> {
  const { manifest, files } = checked;
  const file = files.find(({ name }) => name === `${manifest.name}.jsonl`);
  if (file === undefined) return;
  const proofs = new Set(Array.from(rows.values(), ({ line }) => line));
  let count = 0;
  for await (const { line, text } of numberedLines(checked, file.name)) {
    count++;
    if (!proofs.has(sha256(text)))
      yield {
        file: file.name,
        problem: 'bad-line',
        message: `line ${line}: it is no row of ${manifest.name}.parquet.`,
      };
  }
  yield* wrongLineCount(file, count);
}

/** Every clip that was looked at must be kept, rejected by a condition, or left out with a reason. */
function* wrongCounts(
  manifest: JsonObject,
  rows: number,
  buckets: Readonly<Record<string, number>>,
): Generator<Finding> {
  const conditions = Array.isArray(manifest.conditions)
    ? (manifest.conditions as readonly { in: number; kept: number }[])
    : [];
  const rejected = conditions.reduce((sum, row) => sum + row.in - row.kept, 0);
  const leftOut = Object.values((manifest.leftOut ?? {}) as Record<string, number>).reduce(
    (sum, each) => sum + each,
    0,
  );
  const wrong = [
    manifest.kept === rows
      ? ''
      : `the table has ${rows} clips, the list says ${JSON.stringify(manifest.kept)}`,
    manifest.in === rejected + leftOut + Number(manifest.kept)
      ? ''
      : `of ${JSON.stringify(manifest.in)} clips, ${rejected} were rejected, ${leftOut} left out and ${JSON.stringify(manifest.kept)} kept`,
    canonicalJson(manifest.buckets ?? {}) === canonicalJson(buckets)
      ? ''
      : 'the clips in the buckets are not those of the table',
  ].filter((each) => each !== '');
  if (wrong.length > 0)
    yield { file: MANIFEST, problem: 'wrong-count', message: `${wrong.join('; ')}.` };
}

async function* unlistedClips(
  { store, prefix, signal }: CheckedSet,
  clipFiles: ReadonlySet<string>,
): AsyncGenerator<Finding> {
  for await (const { key } of store.list(`${prefix}/clips`, signal)) {
    const file = key.slice(prefix.length + 1);
    if (!clipFiles.has(file))
      yield { file, problem: 'unlisted-file', message: 'No row names it. Remove it.' };
  }
}
