import { readTable, slug, ToolkitError, writeTable, type Store, type Table } from '@internvid/core';
import { z } from 'zod';

import type { BenchmarkReport, Contamination } from './decontaminate.js';

/** Clips that show something of a benchmark, a row for each item that they show. */
export const contaminationTable: Table<Contamination> = {
  name: 'contamination',
  version: 1,
  columns: [
    { name: 'benchmark', type: 'text', cell: ({ benchmark }) => benchmark },
    { name: 'clip_id', type: 'text', cell: ({ clip }) => clip },
    { name: 'video_id', type: 'text', cell: ({ video }) => video },
    { name: 'start_ms', type: 'int64', cell: ({ span }) => span.startMs },
    { name: 'end_ms', type: 'int64', cell: ({ span }) => span.endMs },
    { name: 'item_id', type: 'text', cell: ({ item }) => item },
    { name: 'item_start_ms', type: 'int64', cell: ({ itemSpan }) => itemSpan.startMs },
    { name: 'item_end_ms', type: 'int64', cell: ({ itemSpan }) => itemSpan.endMs },
    { name: 'level', type: 'text', cell: ({ level }) => level },
    { name: 'similarity', type: 'double', cell: ({ similarity }) => similarity },
  ],
  fromCells: (cells) => ({
    benchmark: String(cells.benchmark),
    clip: String(cells.clip_id),
    video: String(cells.video_id),
    span: { startMs: Number(cells.start_ms), endMs: Number(cells.end_ms) },
    item: String(cells.item_id),
    itemSpan: { startMs: Number(cells.item_start_ms), endMs: Number(cells.item_end_ms) },
    level: cells.level === 'exact' ? 'exact' : 'perceptual',
    similarity: Number(cells.similarity),
  }),
};

/**
 * Keeps what was found of a benchmark: `decontamination/<name>.parquet`, and the counts in `decontamination/<name>.json`, written
 * last.
 *
 * @param of fingerprints of the steps that were held against it.
 * @throws ToolkitError `invalid-record` for a name that is no file name of its own: `[a-z0-9-]`.
 */
export async function saveContamination(
  store: Store,
  { found, ...counts }: BenchmarkReport,
  of: { readonly [step: string]: string },
  signal?: AbortSignal,
): Promise<void> {
  const { benchmark } = counts;
  if (benchmark === '' || slug(benchmark) !== benchmark) {
    const message = `A benchmark cannot be called "${benchmark}". Use letters a-z, digits and "-": ${slug(benchmark)}.`;
    throw new ToolkitError('invalid-record', message);
  }
  const writer = writeTable(store, tableKeyOf(benchmark), contaminationTable, signal);
  try {
    for (const row of found) writer.add(row);
    await writer.finish();
  } catch (error) {
    await writer.abandon(error);
    throw error;
  }
  const report = { schema: 1, of, ...counts };
  await store.write(reportKeyOf(benchmark), `${JSON.stringify(report, undefined, 2)}\n`, signal);
}

/** Names of the benchmarks that the dataset was held against, sorted. */
export async function listBenchmarks(
  store: Store,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { key } of store.list('decontamination', signal)) {
    const name = /^decontamination\/([a-z0-9-]+)\.json$/.exec(key)?.[1];
    if (name !== undefined) names.push(name);
  }
  return names.sort();
}

/**
 * What the dataset was held against a benchmark with: fingerprints of its steps.
 *
 * @throws ToolkitError `not-found` where it was not, `corrupt` for what is no report.
 */
export async function readContaminationSteps(
  store: Store,
  benchmark: string,
  signal?: AbortSignal,
): Promise<{ readonly [step: string]: string }> {
  const key = reportKeyOf(benchmark);
  const text = Buffer.from(await store.read(key, undefined, signal)).toString('utf8');
  try {
    return z.object({ of: z.record(z.string(), z.string()) }).parse(JSON.parse(text)).of;
  } catch (cause) {
    const message = `${key} in ${store.location} is no report of a benchmark. Run \`internvid decontaminate\` again.`;
    throw new ToolkitError('corrupt', message, { cause });
  }
}

/** What was found of a benchmark. */
export function readContamination(
  store: Store,
  benchmark: string,
  signal?: AbortSignal,
): AsyncGenerator<Contamination> {
  return readTable(store, tableKeyOf(benchmark), contaminationTable, signal);
}

function tableKeyOf(benchmark: string): string {
  return `decontamination/${benchmark}.parquet`;
}

function reportKeyOf(benchmark: string): string {
  return `decontamination/${benchmark}.json`;
}
