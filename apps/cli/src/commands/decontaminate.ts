import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import {
  clipId,
  fileStore,
  from,
  readStepTable,
  slug,
  step,
  stepsSource,
  tableSink,
  videosTable,
  type Clip,
  type StepKey,
} from '@internvid/core';
import type { Benchmark, BenchmarkReport, ClipHash } from '@internvid/generation';

import { readHashes } from '../compared-clips.js';
import { counter } from '../counter.js';
import { currentSteps } from '../current-steps.js';
import { UsageError } from '../exit.js';
import { formatTable } from '../format.js';
import { plain, print } from '../output.js';
import { openSession, type CommonFlags, type Session } from '../session.js';
import { hashStep } from '../steps.js';
import { openFrameReader } from '../work.js';

/** Flags of `decontaminate`. */
export type DecontaminateFlags = CommonFlags & {
  readonly benchmark: readonly string[];
  readonly mirrored?: boolean;
};

/** `internvid decontaminate`: finds clips that show something of benchmarks, by content. */
export async function decontaminate(
  dataset: string | undefined,
  flags: DecontaminateFlags,
): Promise<void> {
  const session = await openSession(flags, dataset);
  const { store, signal } = session;
  const places = await Promise.all(flags.benchmark.map(placeOf));
  const steps = await currentSteps(store);
  const needed = { split: steps.need('split'), collect: steps.need('collect') };
  const hashed = await session.run(await hashStep(needed, await openFrameReader(session)));
  if (hashed.broken.length > 0) process.exitCode = 1;
  const own = { store, steps: await currentSteps(store), prefix: '' };
  const { findContamination, saveContamination } = await import('@internvid/generation');
  const benchmarks: Benchmark[] = [];
  for (const place of places) benchmarks.push(await openBenchmark(place, session, flags));
  const progress = counter('clips compared', (clip) => clip.toLocaleString('en'), flags);
  let reports: readonly BenchmarkReport[];
  try {
    reports = await findContamination(benchmarks, {
      hashes: () => readHashes([own], signal),
      mirrored: flags.mirrored === true,
      onProgress: (_, done) => progress.show(done, NaN),
    });
  } finally {
    progress.stop();
  }
  const of = { split: needed.split.fingerprint, hash: own.steps.need('hash').fingerprint };
  for (const report of reports) await saveContamination(store, report, of, signal);
  print(flags, plain({ benchmarks: reports }), () => describeReports(reports, store.location));
}

type BenchmarkPlace = { readonly name: string; readonly path: string; readonly isFolder: boolean };

async function placeOf(text: string): Promise<BenchmarkPlace> {
  const [, name, path] = /^([a-z0-9-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined || slug(name) !== name)
    throw new UsageError(
      `--benchmark takes NAME=FOLDER or NAME=FILE, with a name of a-z, 0-9 and "-", got "${text}".`,
    );
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new UsageError(`--benchmark: there is no ${path}.`);
  return { name, path: resolve(path), isFolder: info.isDirectory() };
}

async function openBenchmark(
  { name, path, isFolder }: BenchmarkPlace,
  session: Session,
  flags: CommonFlags,
): Promise<Benchmark> {
  const { readHashFile } = await import('@internvid/generation');
  if (isFolder) return { name, hashes: await hashFolder(name, path, session, flags) };
  const store = fileStore(dirname(path));
  return { name, hashes: () => readHashFile(store, basename(path), session.signal) };
}

/**
 * Hashes the videos of a folder, each as a whole, in a small dataset of their own below the dataset: what is done once is not done
 * again, and a file that cannot be read is counted there.
 */
async function hashFolder(
  name: string,
  folder: string,
  { store, signal }: Session,
  flags: CommonFlags,
): Promise<() => AsyncIterable<ClipHash>> {
  const { folderSource, probeVideos } = await import('@internvid/collector');
  const { clipHashesTable, hashClips } = await import('@internvid/generation');
  const session = await openSession(flags, join(store.location, 'decontamination', 'videos', name));
  const frames = await openFrameReader(session);
  const collect = step(
    'collect',
    from(folderSource([folder])).through(probeVideos({ frames })),
    tableSink(videosTable),
  );
  const collected = await session.run(collect);
  const source = wholeVideos(collect);
  const hash = step(
    'hash',
    from(source).through(hashClips({ frames })),
    tableSink(clipHashesTable),
  );
  const hashed = await session.run(hash);
  if (collected.broken.length + hashed.broken.length > 0) process.exitCode = 1;
  return () => readStepTable(session.store, hash, clipHashesTable, signal);
}

function wholeVideos(collect: StepKey): ReturnType<typeof stepsSource<Clip>> {
  return stepsSource<Clip>({
    name: 'read-whole-videos',
    version: 1,
    steps: [collect],
    async *read(rows) {
      for await (const video of rows(collect, videosTable)) {
        if (video.info === undefined) continue;
        const span = { startMs: 0, endMs: Math.max(1, video.info.durationMs) };
        yield { id: clipId(video.id, span), video, span, facts: {} };
      }
    },
  });
}

function describeReports(reports: readonly BenchmarkReport[], location: string): string {
  const rows = reports.map(({ benchmark, items, foundItems, clips }) => [
    benchmark,
    items,
    foundItems,
    clips,
  ]);
  const found = reports.flatMap((report) => report.found);
  const lines = found
    .slice(0, 20)
    .map(({ benchmark, clip, item, level, similarity }) => [
      benchmark,
      clip,
      item,
      level,
      similarity.toFixed(3),
    ]);
  return [
    formatTable(['benchmark', 'items', 'items found', 'clips that show them'], rows),
    ...(lines.length === 0
      ? []
      : ['', formatTable(['benchmark', 'clip', 'item', 'level', 'similarity'], lines)]),
    ...(found.length > lines.length ? [`and ${found.length - lines.length} more`] : []),
    '',
    `Kept in ${location}/decontamination. Leave them out: internvid select ${location} --name NAME --without-benchmarks`,
  ].join('\n');
}
