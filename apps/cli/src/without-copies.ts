import { ToolkitError, type Store } from '@internvid/core';

import type { CurrentSteps } from './current-steps.js';

/**
 * Clips that are copies of others by the last `internvid dedup`.
 *
 * @throws ToolkitError `not-found` where copies were not looked for, or among other clips than there are now.
 */
export async function copiesOf(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { readCopies } = await import('@internvid/generation');
  const state = await dedupState(store, steps, signal);
  if (state !== 'current') {
    const what =
      state === 'none'
        ? 'Copies were not looked for yet'
        : 'Copies were looked for among other clips than there are now';
    throw new ToolkitError('not-found', `${what}. Run first: internvid dedup ${store.location}`);
  }
  const copies = new Set<string>();
  for await (const { clip, isKept } of readCopies(store, signal)) if (!isKept) copies.add(clip);
  return copies;
}

/**
 * Pairs of videos that share content, so that a split puts them on one side. None where copies were not looked for among the
 * clips that there are now; stderr says so.
 */
export async function linkedVideos(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<readonly (readonly [string, string])[]> {
  if ((await dedupState(store, steps, signal)) !== 'current') {
    process.stderr.write(
      `Copies of one content may lie on both sides of the split: run \`internvid dedup ${store.location}\` first to keep them together.\n`,
    );
    return [];
  }
  const { readOverlaps } = await import('@internvid/generation');
  const links = new Map<string, readonly [string, string]>();
  for await (const { videoA, videoB } of readOverlaps(store, signal))
    if (videoA !== videoB) links.set(`${videoA} ${videoB}`, [videoA, videoB]);
  return [...links.values()];
}

/**
 * Clips that show something of a benchmark by the last `internvid decontaminate` against each.
 *
 * @throws ToolkitError `not-found` where the dataset was held against none, or with other clips than there are now.
 */
export async function contaminatedClips(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { listBenchmarks, readContamination, readContaminationSteps } =
    await import('@internvid/generation');
  const benchmarks = await listBenchmarks(store, signal);
  if (benchmarks.length === 0) {
    const message = `The dataset was held against no benchmark yet. Run first: internvid decontaminate ${store.location} --benchmark NAME=FOLDER`;
    throw new ToolkitError('not-found', message);
  }
  const clips = new Set<string>();
  for (const benchmark of benchmarks) {
    const of = await readContaminationSteps(store, benchmark, signal);
    if (of['split'] !== steps.need('split').fingerprint) {
      const message = `Other clips than there are now were held against ${benchmark}. Run again: internvid decontaminate ${store.location} --benchmark ${benchmark}=FOLDER`;
      throw new ToolkitError('not-found', message);
    }
    for await (const { clip } of readContamination(store, benchmark, signal)) clips.add(clip);
  }
  return clips;
}

async function dedupState(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<'none' | 'old' | 'current'> {
  const { readDedupReport } = await import('@internvid/generation');
  const report = await readDedupReport(store, signal);
  if (report === undefined) return 'none';
  return report.of['split'] === steps.need('split').fingerprint ? 'current' : 'old';
}
