import { createHash } from 'node:crypto';

import {
  captionsTable,
  checkSums,
  clipsTable,
  framesSha256,
  framesTable,
  listReports,
  readStepTable,
  readTable,
  sha256,
  tableKey,
  ToolkitError,
  type Asset,
  type Caption,
  type SampledFrame,
  type StepKey,
  type Store,
} from '@internvid/core';
import { readPicture } from '@internvid/core/media';

import type { CurrentSteps } from './current-steps.js';
import { STEP_NAMES } from './steps.js';

/** Something that is wrong with a file of a dataset. */
export type DatasetFinding = {
  readonly file: string;
  readonly problem: string;
  readonly message: string;
};

/**
 * Checks a dataset against itself: every report's sums, every file against its size and hash, cut clips among them, every sampled picture against its
 * own hash, every caption against the hashes of the frames that made it.
 */
export async function* validateDataset(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): AsyncGenerator<DatasetFinding> {
  for (const name of STEP_NAMES) {
    const step = steps.find(name);
    if (step !== undefined) yield* checkReports(store, step, signal);
  }
  const cut = steps.find('cut');
  if (cut !== undefined) yield* checkClipFiles(store, cut, signal);
  const [split, sample, caption] = [
    steps.find('split'),
    steps.find('sample'),
    steps.find('caption'),
  ];
  if (split === undefined || sample === undefined) return;
  for await (const { shard } of listReports(store, sample)) {
    yield* checkShard(store, { split, sample, caption }, shard, signal);
  }
}

async function* checkReports(
  store: Store,
  step: StepKey,
  signal: AbortSignal,
): AsyncGenerator<DatasetFinding> {
  for await (const report of listReports(store, step)) {
    const file = `reports/${step.name}/${step.fingerprint}/${report.shard}.json`;
    try {
      checkSums(report.stages, file);
    } catch (error) {
      yield { file, problem: 'wrong-sums', message: (error as Error).message };
    }
    for (const asset of report.outputs) yield* checkAsset(store, asset, signal);
  }
}

async function* checkAsset(
  store: Store,
  asset: Asset,
  signal: AbortSignal,
): AsyncGenerator<DatasetFinding> {
  const info = await store.stat(asset.key);
  if (info === undefined) {
    yield {
      file: asset.key,
      problem: 'missing',
      message: 'Its report names it, but it is not there.',
    };
    return;
  }
  const hash = createHash('sha256');
  for await (const chunk of store.stream(asset.key, signal)) hash.update(chunk);
  if (info.bytes !== asset.bytes || hash.digest('hex') !== asset.sha256) {
    yield {
      file: asset.key,
      problem: 'changed',
      message: 'Its bytes are not those that its report names.',
    };
  }
}

async function* checkClipFiles(
  store: Store,
  cut: StepKey,
  signal: AbortSignal,
): AsyncGenerator<DatasetFinding> {
  const { clipFilesTable } = await import('@internvid/collector');
  for await (const { file } of readStepTable(store, cut, clipFilesTable, signal))
    yield* checkAsset(store, file, signal);
}

type ShardSteps = {
  readonly split: StepKey;
  readonly sample: StepKey;
  readonly caption: StepKey | undefined;
};

async function* checkShard(
  store: Store,
  steps: ShardSteps,
  shard: string,
  signal: AbortSignal,
): AsyncGenerator<DatasetFinding> {
  const key = (step: StepKey, table: string): string => tableKey(table, step.fingerprint, shard);
  const frames = new Map<string, SampledFrame[]>();
  const framesFile = key(steps.sample, framesTable.name);
  try {
    const clips = new Set<string>();
    for await (const { id } of readTable(
      store,
      key(steps.split, clipsTable.name),
      clipsTable,
      signal,
    ))
      clips.add(id);
    for await (const frame of readTable(store, framesFile, framesTable, signal)) {
      if (!clips.has(frame.clip)) {
        yield {
          file: framesFile,
          problem: 'unknown-clip',
          message: `${frame.id} belongs to no clip of its video.`,
        };
      }
      const picture = await readPicture(store, frame, signal);
      if (sha256(picture) !== frame.picture.sha256) {
        yield {
          file: framesFile,
          problem: 'wrong-picture',
          message: `The picture of ${frame.id} is not the one sampled.`,
        };
      }
      frames.set(frame.clip, [...(frames.get(frame.clip) ?? []), frame]);
    }
    if (steps.caption !== undefined) {
      yield* checkCaptions(store, key(steps.caption, captionsTable.name), frames, signal);
    }
  } catch (error) {
    if (!ToolkitError.is(error) || error.stopsRun) throw error;
    yield { file: framesFile, problem: error.code, message: error.message };
  }
}

async function* checkCaptions(
  store: Store,
  file: string,
  frames: ReadonlyMap<string, readonly SampledFrame[]>,
  signal: AbortSignal,
): AsyncGenerator<DatasetFinding> {
  for await (const caption of readTable(store, file, captionsTable, signal)) {
    if (!possibleHashes(caption, frames.get(caption.clip) ?? []).includes(caption.framesSha256)) {
      const message = `The ${caption.scale} caption of ${caption.clip} was made from other frames than those stored.`;
      yield { file, problem: 'foreign-caption', message };
    }
  }
}

/** Hashes that a caption of its scale can be bound to: its own frame, the middle frame, or all frames. */
function possibleHashes(caption: Caption, frames: readonly SampledFrame[]): string[] {
  const hashes = frames.map(({ picture }) => picture.sha256);
  const middle = hashes[Math.floor(hashes.length / 2)];
  switch (caption.scale) {
    case 'frame':
      return frames
        .filter(({ timeMs }) => timeMs === caption.timeMs)
        .map(({ picture }) => framesSha256([picture.sha256]));
    case 'coarse':
      return middle === undefined ? [] : [framesSha256([middle])];
    default:
      return [framesSha256(hashes)];
  }
}
