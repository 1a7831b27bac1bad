import {
  clipsTable,
  embeddingsTable,
  framesTable,
  readStepTable,
  videosTable,
  type Embedding,
  type StepKey,
  type Store,
} from '@internvid/core';
import type { ClipHash, ComparedClip } from '@internvid/generation';

import { currentSteps, type CurrentSteps } from './current-steps.js';
import { withdrawnVideos } from './withdrawn.js';

/** A dataset whose clips are compared. */
export type ComparedDataset = {
  readonly store: Store;
  readonly steps: CurrentSteps;
  /** What the ids of its clips begin with: nothing for the dataset itself, `<name>:` for one that it is held against. */
  readonly prefix: string;
};

/**
 * The clips of a dataset as the search for copies takes them, each with what its bytes are known by. Withdrawn videos take no part:
 * what is kept for their copies must be usable.
 */
export async function* readComparedClips(
  { store, steps, prefix }: ComparedDataset,
  scores: ReadonlyMap<string, number>,
  signal: AbortSignal,
): AsyncGenerator<ComparedClip> {
  const pixels = new Map<string, number>();
  const withdrawn = await withdrawnVideos(store, signal);
  const out = new Set<string>();
  for await (const video of readStepTable(store, steps.need('collect'), videosTable, signal)) {
    const shown = video.info?.video;
    if (shown !== undefined) pixels.set(video.id, shown.displayWidth * shown.displayHeight);
    if (withdrawn.holds(video)) out.add(video.id);
  }
  const keys = await exactKeys(store, steps, signal);
  for await (const clip of readStepTable(store, steps.need('split'), clipsTable, signal)) {
    if (out.has(clip.video)) {
      withdrawn.leaveOut(clip.video);
      continue;
    }
    const score = scores.get(clip.id);
    yield {
      id: `${prefix}${clip.id}`,
      video: clip.video,
      span: clip.span,
      pixels: pixels.get(clip.video) ?? 0,
      exactKeys: keys.get(clip.id) ?? [],
      ...(score === undefined ? {} : { score }),
      ...(prefix === '' ? {} : { isReference: true }),
    };
  }
  withdrawn.note();
}

/** The hash of the clip's file where it was cut, and that of its sampled pictures where they were kept. */
async function exactKeys(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const keys = new Map<string, string[]>();
  const add = (clip: string, key: string): void => {
    const known = keys.get(clip);
    if (known === undefined) keys.set(clip, [key]);
    else known.push(key);
  };
  const cut = steps.fresh('cut');
  if (cut !== undefined) {
    const { clipFilesTable } = await import('@internvid/collector');
    for await (const { id, file } of readStepTable(store, cut, clipFilesTable, signal))
      add(id, `file:${file.sha256}`);
  }
  const sample = steps.fresh('sample');
  if (sample === undefined) return keys;
  const { pictureKey } = await import('@internvid/generation');
  let [clip, hashes]: [string, string[]] = ['', []];
  const settle = (): void => {
    const key = pictureKey(hashes);
    if (key !== undefined) add(clip, key);
  };
  for await (const frame of readStepTable(store, sample, framesTable, signal)) {
    if (frame.clip !== clip) {
      settle();
      [clip, hashes] = [frame.clip, []];
    }
    hashes.push(frame.picture.sha256);
  }
  settle();
  return keys;
}

/** The hashes of all compared datasets. */
export async function* readHashes(
  datasets: readonly ComparedDataset[],
  signal: AbortSignal,
): AsyncGenerator<ClipHash> {
  const { clipHashesTable } = await import('@internvid/generation');
  for (const { store, steps, prefix } of datasets)
    for await (const hash of readStepTable(store, steps.need('hash'), clipHashesTable, signal))
      yield prefix === '' ? hash : { ...hash, id: `${prefix}${hash.id}` };
}

/** The vectors of one kind of all compared datasets: `video`, or `caption-<scale>`. */
export async function* readVectors(
  datasets: readonly ComparedDataset[],
  of: string,
  signal: AbortSignal,
): AsyncGenerator<Embedding> {
  for (const { store, steps, prefix } of datasets) {
    const step = vectorStep(steps, of);
    for await (const row of readStepTable(store, step, embeddingsTable, signal))
      if (row.of === of) yield prefix === '' ? row : { ...row, clip: `${prefix}${row.clip}` };
  }
}

/** The step that made the vectors. */
export function vectorStep(steps: CurrentSteps, of: string): StepKey {
  return steps.need(of === 'video' ? 'embed-clips' : 'embed');
}

/** Opens a dataset that another is held against. */
export async function openReference(store: Store, prefix: string): Promise<ComparedDataset> {
  return { store, steps: await currentSteps(store), prefix };
}
