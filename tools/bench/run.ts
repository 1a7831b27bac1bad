import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  fileStore,
  mapInOrder,
  readManifest,
  readStepTable,
  videosTable,
  type Store,
} from '@internvid/core';
import { findFfmpeg } from '@internvid/core/media';

import { measured, type Bench, type Measurement } from './bench.js';
import { watchTree, type TreePeak } from './process-tree.js';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/internvid.js', import.meta.url));
const MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
const STEPS = ['collect', 'split', 'sample', 'caption', 'embed'];

/** Runs the whole pipeline on a folder of videos with the embedded models and says where the time went. Build first. */
export const bench: Bench = async ({ media = MEDIA, say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  try {
    const files = await videoFiles(resolve(media));
    say(`running the pipeline on ${files.length} files`);
    const startedAt = performance.now();
    const peak = await runPipeline(files, join(folder, 'dataset'));
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const store = fileStore(join(folder, 'dataset'));
    const videos = await readVideos(store);
    say(`decoding ${videos.length} files once with bare ffmpeg, for comparison`);
    const decodeSeconds = await bareDecodeSeconds(videos.map(({ uri }) => uri));
    return [...wholeRun(videos, wallSeconds, decodeSeconds, peak), ...(await shares(store))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

type Read = { readonly uri: string; readonly seconds: number; readonly bytes: number };

function wholeRun(
  videos: readonly Read[],
  wallSeconds: number,
  decodeSeconds: number,
  peak: TreePeak,
): Measurement[] {
  const seconds = sum(videos.map((video) => video.seconds));
  const bytes = sum(videos.map((video) => video.bytes));
  const read = sum(peak.readBytes.map((process) => process.bytes));
  const name = 'embedded/all';
  return [
    measured(name, 'video-seconds', seconds, 's'),
    measured(name, 'wall-seconds', wallSeconds, 's'),
    measured(name, 'realtime-factor', seconds / wallSeconds, 'ratio', 8),
    measured(name, 'bare-decode-seconds', decodeSeconds, 's'),
    measured(name, 'ratio-to-decode-limit', decodeSeconds / wallSeconds, 'ratio'),
    measured(name, 'decodes-per-video', read / bytes, 'ratio', 2),
    measured(name, 'peak-memory', peak.treeBytes / 1e6, 'MB'),
    measured(name, 'peak-memory-node', peak.ownBytes / 1e6, 'MB'),
  ];
}

async function videoFiles(media: string): Promise<string[]> {
  const entries = await readdir(media, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.(md|txt|json)$/i.test(entry.name))
    .map((entry) => join(media, entry.name))
    .sort();
}

async function runPipeline(files: readonly string[], dataset: string): Promise<TreePeak> {
  const child = spawn(process.execPath, [BIN, 'run', ...files, '--out', dataset], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const peak = await watchTree(child.pid ?? 0, ended, isDecoder);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`The run ended with code ${code}: there is nothing to measure.`);
  return peak;
}

/** ffmpeg itself; ffprobe reads packets and decodes nothing. */
function isDecoder(command: string): boolean {
  return /(^|\/)ffmpeg /.test(command);
}

async function readVideos(store: Store): Promise<Read[]> {
  const step = (await readManifest(store)).steps.collect;
  if (step === undefined) throw new Error('The run wrote no videos.');
  const videos: Read[] = [];
  const key = { name: 'collect', fingerprint: step.fingerprint };
  for await (const { uri, info } of readStepTable(store, key, videosTable)) {
    if (info !== undefined)
      videos.push({ uri, seconds: info.durationMs / 1000, bytes: info.bytes });
  }
  return videos;
}

/** Decodes every frame of every file once, one thread a file, as many files at once as there are cores. */
async function bareDecodeSeconds(files: readonly string[]): Promise<number> {
  const { path } = findFfmpeg('ffmpeg');
  const startedAt = performance.now();
  const each = async function* (): AsyncGenerator<string> {
    yield* files;
  };
  const decode = async (file: string): Promise<void> => {
    const args = ['-v', 'quiet', '-threads', '1', '-i', `file:${file}`, '-an', '-f', 'null', '-'];
    await once(spawn(path, args, { stdio: 'ignore' }), 'close');
  };
  for await (const _ of mapInOrder(each(), { concurrency: availableParallelism() }, decode));
  return (performance.now() - startedAt) / 1000;
}

/** Share of the summed working time of all shards that each stage took. */
async function shares(store: Store): Promise<Measurement[]> {
  const stages = new Map<string, number>();
  for (const step of STEPS) {
    for await (const { key } of store.list(`timings/${step}`)) {
      const timing = JSON.parse(Buffer.from(await store.read(key)).toString()) as {
        wallMs: number;
        stagesMs: Record<string, number>;
      };
      const known = Object.entries(timing.stagesMs);
      for (const [stage, ms] of known) add(stages, `${step}/${stage}`, ms);
      add(stages, `${step}/write`, timing.wallMs - sum(known.map(([, ms]) => ms)));
    }
  }
  const total = sum([...stages.values()]);
  return [...stages].map(([stage, ms]) => measured(stage, 'share', ms / total, 'ratio'));
}

function add(totals: Map<string, number>, name: string, value: number): void {
  totals.set(name, (totals.get(name) ?? 0) + Math.max(0, value));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
