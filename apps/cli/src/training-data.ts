import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import {
  fileStore,
  readStepTable,
  videosTable,
  type CaptionScale,
  type ClipRow,
  type Store,
} from '@internvid/core';
import type { TrainingClips } from '@internvid/viclip';

import type { Config } from './config.js';
import { counter } from './counter.js';
import { currentSteps } from './current-steps.js';
import { wordsAsUsage } from './exit.js';
import { oneOf } from './session.js';
import { withdrawnVideos } from './withdrawn.js';
import { openFrameReader } from './work.js';

/** Flags that say what is learnt from. */
export type TrainingDataFlags = {
  readonly json?: boolean;
  readonly out: string;
  readonly scale: readonly string[];
};

const SCALES: readonly CaptionScale[] = ['fine', 'coarse', 'video', 'clip'];

/** Opens a dataset folder, a folder of shards, or shards on a server, which are fetched into the folder of the run. */
export async function openTrainingData(
  place: string,
  flags: TrainingDataFlags,
  config: Config,
  signal: AbortSignal,
): Promise<TrainingClips> {
  if (existsSync(join(place, 'dataset.json'))) return openDataset(place, flags, signal);
  const { shardClips } = await import('@internvid/viclip');
  const shards = /^[a-z0-9]+:\/\//i.test(place)
    ? await fetchedShards(place, flags, signal)
    : { folder: place };
  return shardClips({ ...shards, frames: await openFrameReader({ config }), signal });
}

async function openDataset(
  place: string,
  { scale }: TrainingDataFlags,
  signal: AbortSignal,
): Promise<TrainingClips> {
  const { datasetClips } = await import('@internvid/viclip');
  const store = fileStore(place);
  const scales = scale.map((each) => oneOf('--scale', each, SCALES));
  const withdrawn = await withdrawnVideos(store, signal);
  const ids = await withdrawnIds(store, withdrawn, signal);
  const keep = ({ video }: ClipRow): boolean => {
    if (!ids.has(video)) return true;
    withdrawn.leaveOut(video);
    return false;
  };
  const data = await datasetClips({ store, scales, keep, signal });
  withdrawn.note();
  return data;
}

async function withdrawnIds(
  store: Store,
  withdrawn: Awaited<ReturnType<typeof withdrawnVideos>>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const collect = (await currentSteps(store)).find('collect');
  const ids = new Set<string>();
  if (collect === undefined) return ids;
  for await (const video of readStepTable(store, collect, videosTable, signal))
    if (withdrawn.holds(video)) ids.add(video.id);
  return ids;
}

async function fetchedShards(
  address: string,
  flags: TrainingDataFlags,
  signal: AbortSignal,
): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const { fetchShards } = await import('@internvid/viclip');
  // Shards of another place may have the same names; a signature behind the name may change from run to run.
  const path = address.replace(/\?.*$/, '');
  const place = createHash('sha256').update(path.slice(0, path.lastIndexOf('/')));
  const folder = join(flags.out, 'shards', place.digest('hex').slice(0, 12));
  const progress = counter('shards fetched', (shards) => String(Math.floor(shards)), flags);
  const fetched = fetchShards({
    address,
    folder,
    signal,
    onProgress: ({ bytesDone, bytesTotal, shard, shards }) => {
      const share = Number.isNaN(bytesTotal) ? 0 : bytesDone / bytesTotal;
      progress.show(shard - 1 + share, shards);
    },
  });
  const names = await wordsAsUsage(fetched).finally(() => {
    progress.stop();
  });
  return { folder, names };
}
