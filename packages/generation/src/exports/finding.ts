import type { JsonObject, Store } from '@internvid/core';

import type { KnownDataset } from '../known-dataset.js';
import type { ExportedFile } from './manifest.js';
import type { SampleRow } from './sample-row.js';

/** What can be wrong with a file of exports, generated sets and subsets. */
export type Problem =
  | 'bad-line'
  | 'bad-manifest'
  | 'bad-picture'
  | 'bad-row'
  | 'bad-subset'
  | 'changed-clip'
  | 'different-captions'
  | 'different-parts'
  | 'duplicate-key'
  | 'duplicate-part'
  | 'foreign-caption'
  | 'missing-clip'
  | 'missing-file'
  | 'missing-manifest'
  | 'split-key'
  | 'times-out-of-order'
  | 'truncated-tar'
  | 'unknown-clip'
  | 'unlisted-file'
  | 'unreadable-clip'
  | 'unreadable-parquet'
  | 'unreadable-tar'
  | 'withdrawn-sample'
  | 'wrong-checksum'
  | 'wrong-count'
  | 'wrong-index'
  | 'wrong-key'
  | 'wrong-size';

/** Something wrong with a file. */
export type Finding = {
  /** Relative to the folder of the export or set. */
  readonly file: string;
  readonly problem: Problem;
  /** What is wrong, and with which sample, row or line. */
  readonly message: string;
};

/** An export to look into: the files of its list that are there. */
export type CheckedExport = {
  readonly store: Store;
  readonly prefix: string;
  readonly name: string;
  readonly files: readonly ExportedFile[];
  readonly settings: JsonObject;
  /** The dataset that it was made of, where captions and times are to be compared with it. */
  readonly known: KnownDataset | undefined;
  readonly signal: AbortSignal | undefined;
};

/** Looks into the files of one form of export. */
export type ExportCheck = (checked: CheckedExport) => AsyncIterable<Finding>;

/** Finds a count that is not the one that the list of files says. */
export function* wrongCount(file: ExportedFile, found: number): Generator<Finding> {
  if (found === file.samples) return;
  const message = `It holds ${found} samples, the list says ${file.samples ?? 'nothing of any'}.`;
  yield { file: file.name, problem: 'wrong-count', message };
}

/** Finds a clip that ends before it starts, or whose length is not its own. */
export function* wrongTimes(file: string, row: SampleRow): Generator<Finding> {
  if (row.start_ms >= 0 && row.end_ms - row.start_ms === row.duration_ms && row.duration_ms > 0)
    return;
  const message = `The clip ${row.clip_id} goes from ${row.start_ms} to ${row.end_ms} ms and lasts ${row.duration_ms}.`;
  yield { file, problem: 'times-out-of-order', message };
}

/** What is wrong with naming a clip that the dataset does not have, or no longer. */
export function absentClip(
  clip: string,
  isWithdrawn: boolean,
): Pick<Finding, 'problem' | 'message'> {
  return isWithdrawn
    ? { problem: 'withdrawn-sample', message: `${clip} is a clip of a withdrawn video.` }
    : { problem: 'unknown-clip', message: `${clip} is no clip of the dataset.` };
}

/** Finds a row about a clip that the dataset does not have, at other times, or with a caption that is not its own. */
export function* foreignRow(
  file: string,
  row: Pick<
    SampleRow,
    'clip_id' | 'video_id' | 'start_ms' | 'end_ms' | 'caption' | 'frames_sha256'
  >,
  known: KnownDataset | undefined,
): Generator<Finding> {
  if (known === undefined) return;
  const clip = known.clip(row.clip_id);
  if (clip === undefined) {
    yield { file, ...absentClip(row.clip_id, known.isWithdrawn(row.clip_id)) };
    return;
  }
  const { startMs, endMs } = clip.span;
  if (clip.video !== row.video_id || startMs !== row.start_ms || endMs !== row.end_ms) {
    const message = `${row.clip_id} is given as ${row.video_id} from ${row.start_ms} to ${row.end_ms} ms.`;
    yield { file, problem: 'times-out-of-order', message };
  }
  if (!clip.hasCaption(row.caption, row.frames_sha256))
    yield {
      file,
      problem: 'foreign-caption',
      message: `The caption of ${row.clip_id} is none that the dataset has for this clip and its frames.`,
    };
}
