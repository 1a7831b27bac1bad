import {
  readTable,
  ToolkitError,
  writeTable,
  type JsonObject,
  type Store,
  type Table,
} from '@internvid/core';
import { z } from 'zod';

import {
  COPY_LEVELS,
  judgeCopies,
  sharedShare,
  type ComparedClip,
  type CopyLevel,
  type CopyPair,
} from './copies.js';
import { copiesTable, overlapsTable, type CopyRow, type OverlapRow } from './dedup-tables.js';

const REPORT_KEY = 'dedup/report.json';
const COPIES_KEY = 'dedup/copies.parquet';
const OVERLAPS_KEY = 'dedup/overlaps.parquet';

/** What a search for copies came to. */
export type DedupReport = {
  /** Version of this form. */
  readonly schema: 1;
  /** What was compared: the fingerprints of the steps. */
  readonly of: { readonly [step: string]: string };
  readonly settings: JsonObject;
  /** Clips of the dataset, those of them that are kept, and the copies by how they are. They sum up. */
  readonly clips: number;
  readonly kept: number;
  readonly copies: { readonly [level in CopyLevel]: number };
  /** Groups of at least two. */
  readonly groups: number;
  /** Clips of other datasets that were held against. */
  readonly references: number;
  /** Pairs that were found, copies or not. */
  readonly overlaps: number;
};

/** A search for copies, to be kept. */
export type FoundCopies = {
  /** In the order of keeping. */
  readonly clips: readonly ComparedClip[];
  readonly pairs: readonly CopyPair[];
  /** See `judgeCopies`. */
  readonly leastShare: number;
  readonly of: { readonly [step: string]: string };
  readonly settings: JsonObject;
};

/**
 * Judges which clips are copies and keeps that in the dataset: `dedup/copies.parquet`, `dedup/overlaps.parquet`, and
 * `dedup/report.json`, written last. What an earlier search left is replaced.
 */
export async function saveDedup(
  store: Store,
  { clips, pairs, leastShare, of, settings }: FoundCopies,
  signal?: AbortSignal,
): Promise<DedupReport> {
  const verdicts = judgeCopies(clips, pairs, leastShare);
  const copies = { exact: 0, perceptual: 0, semantic: 0 };
  const groups = new Set<number>();
  let [own, kept] = [0, 0];
  const rows = function* (): Generator<CopyRow> {
    for (const [number, { kept: first, by }] of verdicts.entries()) {
      const clip = clips[number] as ComparedClip;
      if (clip.isReference === true) continue;
      own++;
      if (by === undefined) kept++;
      else {
        copies[by.level]++;
        groups.add(first);
      }
      yield copyRow(clip, clips[first] as ComparedClip, by);
    }
  };
  await store.remove(REPORT_KEY, signal);
  await writeRows(store, COPIES_KEY, copiesTable, rows(), signal);
  await writeRows(store, OVERLAPS_KEY, overlapsTable, overlapRows(clips, pairs), signal);
  const report: DedupReport = {
    ...{ schema: 1, of, settings, clips: own, kept, copies, groups: groups.size },
    ...{ references: clips.length - own, overlaps: pairs.length },
  };
  await store.write(REPORT_KEY, `${JSON.stringify(report, undefined, 2)}\n`, signal);
  return report;
}

/** The report of the last search; undefined where there was none. @throws ToolkitError `corrupt` for what is no report. */
export async function readDedupReport(
  store: Store,
  signal?: AbortSignal,
): Promise<DedupReport | undefined> {
  if ((await store.stat(REPORT_KEY, signal)) === undefined) return undefined;
  const text = Buffer.from(await store.read(REPORT_KEY, undefined, signal)).toString('utf8');
  try {
    return reportSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${REPORT_KEY} in ${store.location} is no report of a search for copies. Run \`internvid dedup\` again.`;
    throw new ToolkitError('corrupt', message, { cause });
  }
}

/** What became of each clip in the last search. */
export function readCopies(store: Store, signal?: AbortSignal): AsyncGenerator<CopyRow> {
  return readTable(store, COPIES_KEY, copiesTable, signal);
}

/** The pairs that the last search found. */
export function readOverlaps(store: Store, signal?: AbortSignal): AsyncGenerator<OverlapRow> {
  return readTable(store, OVERLAPS_KEY, overlapsTable, signal);
}

function copyRow(clip: ComparedClip, first: ComparedClip, by: CopyPair | undefined): CopyRow {
  const row = { clip: clip.id, video: clip.video, group: first.id, isKept: by === undefined };
  if (by === undefined) return row;
  const { level, similarity, spanA, spanB, isMirrored = false } = by;
  const share = sharedShare(by, first, clip);
  return { ...row, copy: { level, similarity, share, span: spanB, keptSpan: spanA, isMirrored } };
}

function* overlapRows(
  clips: readonly ComparedClip[],
  pairs: readonly CopyPair[],
): Generator<OverlapRow> {
  for (const pair of pairs) {
    const [a, b] = [clips[pair.a] as ComparedClip, clips[pair.b] as ComparedClip];
    const { level, similarity, spanA, spanB } = pair;
    const left = { clipA: a.id, videoA: a.video, spanA };
    const right = { clipB: b.id, videoB: b.video, spanB };
    yield { ...left, ...right, level, similarity, share: sharedShare(pair, a, b) };
  }
}

async function writeRows<Row>(
  store: Store,
  key: string,
  table: Table<Row>,
  rows: Iterable<Row>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const writer = writeTable(store, key, table, signal);
  try {
    for (const row of rows) writer.add(row);
    await writer.finish();
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
}

const count = z.int().nonnegative();

const reportSchema: z.ZodType<DedupReport> = z.object({
  schema: z.literal(1),
  of: z.record(z.string(), z.string()),
  settings: z.record(z.string(), z.json()),
  clips: count,
  kept: count,
  copies: z.record(z.enum(COPY_LEVELS as [CopyLevel, ...CopyLevel[]]), count),
  groups: count,
  references: count,
  overlaps: count,
});
