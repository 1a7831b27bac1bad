import type { JsonObject, Store } from '@internvid/core';

import type { ExportedFile } from './manifest.js';
import type { SampleRow } from './sample-row.js';

/** What can be wrong with an export. */
export type Problem =
  | 'bad-manifest'
  | 'bad-picture'
  | 'bad-row'
  | 'different-captions'
  | 'different-parts'
  | 'duplicate-key'
  | 'duplicate-part'
  | 'missing-file'
  | 'missing-manifest'
  | 'split-key'
  | 'times-out-of-order'
  | 'truncated-tar'
  | 'unlisted-file'
  | 'unreadable-parquet'
  | 'unreadable-tar'
  | 'wrong-checksum'
  | 'wrong-count'
  | 'wrong-index'
  | 'wrong-key'
  | 'wrong-size';

/** Something wrong with a file of an export. */
export type Finding = {
  /** Relative to the export's folder. */
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
