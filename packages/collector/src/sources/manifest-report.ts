import { basename } from 'node:path';
import { canonicalJson } from '@internvid/core';
import { keyTable, type KeyTable } from './key-table.js';
import type { ManifestName, ManifestOptions } from './manifests/manifest-format.js';
import { manifestFormat } from './manifests/manifest-formats.js';
import { RowProblem, type MentionedClip, type RowMeaning } from './row-meaning.js';
import { spanStore, type SpanStore } from './span-store.js';
import { openTable } from './open-table.js';
import type { TableRow } from './table-file.js';

/** What is sound and what is not in the list of a data set. */
export type ManifestReport = {
  readonly format: ManifestName;
  readonly rows: number;
  /** Rows that give no video: cells that are missing or cannot be read, times included where a row is one clip. */
  readonly badRows: number;
  readonly videos: number;
  readonly clips: number;
  /** Clips, in rows with several, whose times cannot be read or end before they begin. */
  readonly badClips: number;
  /** Clips of a video that begin before the one before them ends. */
  readonly overlappingClips: number;
  /** Clips with the video, the stretch and the caption of an earlier one. */
  readonly duplicateClips: number;
  readonly clipsWithoutCaption: number;
  readonly clipsWithoutTimes: number;
  /** Videos whose rows do not stand together; they are brought together when the list is read. */
  readonly scatteredVideos: number;
  /** The first problems, each with its place: at most 20. */
  readonly examples: readonly string[];
};

/** Which list is reported on. */
export type ManifestReportOptions = ManifestOptions & {
  readonly format?: ManifestName;
  readonly signal?: AbortSignal;
};

const MAX_EXAMPLES = 20;

type Counts = { -readonly [Name in keyof ManifestReport]: ManifestReport[Name] } & {
  examples: string[];
};

type Tally = {
  readonly counts: Counts;
  readonly videos: KeyTable;
  readonly clips: KeyTable;
  readonly spans: SpanStore;
  readonly scattered: Set<number>;
  lastVideo: number;
};

/**
 * Reads a whole list once and counts what is wrong with it, before anything is fetched. Memory: about 60 bytes for each clip.
 *
 * @throws ToolkitError as `manifestSource`.
 */
export async function manifestReport(
  path: string,
  options: ManifestReportOptions = {},
): Promise<ManifestReport> {
  const table = await openTable(path);
  const format = manifestFormat(table, options.format);
  const reader = format.reader(options);
  const tally = newTally(format.name);
  for await (const row of table.rows(undefined, options.signal)) {
    tally.counts.rows += 1;
    try {
      if ('problem' in row) throw new RowProblem(row.problem);
      countRow(tally, reader.read(row.cells), example(path, row));
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      tally.counts.badRows += 1;
      example(path, row)(tally, error.message);
    }
  }
  return {
    ...tally.counts,
    videos: tally.videos.size,
    scatteredVideos: tally.scattered.size,
    overlappingClips: tally.spans.overlaps(),
  };
}

function newTally(format: ManifestName): Tally {
  const none = { rows: 0, badRows: 0, videos: 0, clips: 0, badClips: 0, overlappingClips: 0 };
  const counts: Counts = {
    format,
    ...none,
    duplicateClips: 0,
    clipsWithoutCaption: 0,
    clipsWithoutTimes: 0,
    scatteredVideos: 0,
    examples: [],
  };
  return {
    counts,
    videos: keyTable(),
    clips: keyTable(),
    spans: spanStore(),
    scattered: new Set(),
    lastVideo: -1,
  };
}

type AddExample = (tally: Tally, problem: string) => void;

function example(path: string, row: TableRow): AddExample {
  return ({ counts }, problem) => {
    if (counts.examples.length === MAX_EXAMPLES) return;
    counts.examples.push(`${basename(path)} line ${row.line}: ${problem}`);
  };
}

function countRow(tally: Tally, meaning: RowMeaning, addExample: AddExample): void {
  const video = tally.videos.get(meaning.key) ?? tally.videos.size;
  if (video < tally.videos.size && video !== tally.lastVideo) tally.scattered.add(video);
  tally.videos.set(meaning.key, video);
  tally.lastVideo = video;
  tally.counts.badClips += meaning.problems.length;
  for (const problem of meaning.problems) addExample(tally, problem);
  for (const clip of meaning.clips) countClip(tally, video, clip, addExample);
}

function countClip(tally: Tally, video: number, clip: MentionedClip, addExample: AddExample): void {
  const { counts, clips, spans } = tally;
  counts.clips += 1;
  if (clip.caption === undefined) counts.clipsWithoutCaption += 1;
  if (clip.span === undefined) counts.clipsWithoutTimes += 1;
  const key = canonicalJson([video, clip.span ?? clip.details, clip.caption ?? null]);
  if (clips.get(key) !== undefined) {
    counts.duplicateClips += 1;
    addExample(tally, 'it says of a clip what an earlier row says');
    return;
  }
  clips.set(key, 1);
  if (clip.span !== undefined) spans.add(video, clip.span);
}
