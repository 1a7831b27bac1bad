import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  clipId,
  clipsTable,
  fileStore,
  from,
  localExecutor,
  sha256,
  span,
  step,
  tableSink,
  videoId,
  videosTable,
  type ClipRow,
  type JsonObject,
  type Shard,
  type Source,
  type Store,
  type Video,
} from '@internvid/core';

import { measured, type Bench, type Measurement } from './bench.js';
import { watchTree } from './process-tree.js';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/internvid.js', import.meta.url));
const SIZES = [
  ['1k', 1_000],
  ['10k', 10_000],
  ['100k', 100_000],
  ['1m', 1_000_000],
] as const;
const CLIPS_IN_VIDEO = 20;
const CLIPS_IN_SHARD = 10_000;
const GB = 1e9;

/**
 * Selects from datasets of made-up clips, as `internvid select` does: two conditions, the top third by a fact, a quota and a draw.
 * The time is that of the whole command, the start of the process included; `microseconds-per-clip` leaves out the time that the
 * smallest dataset takes.
 */
export const bench: Bench = async ({ say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  try {
    const measurements: Measurement[] = [];
    let startSeconds = 0;
    for (const [name, clips] of SIZES) {
      const dataset = join(folder, name);
      say(`making ${clips.toLocaleString('en')} clips`);
      await makeDataset(fileStore(dataset), clips);
      say('selecting');
      const { seconds, bytes } = await timeSelection(dataset, clips);
      if (startSeconds === 0) startSeconds = seconds;
      measurements.push(
        measured(name, 'seconds', seconds, 's'),
        measured(name, 'peak-memory', bytes / GB, 'GB', 4),
      );
      if (clips > 1_000) {
        const perClip = ((seconds - startSeconds) / (clips - 1_000)) * 1e6;
        measurements.push(measured(name, 'microseconds-per-clip', perClip, 'µs'));
      }
      await rm(dataset, { recursive: true });
    }
    return measurements;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function timeSelection(
  dataset: string,
  clips: number,
): Promise<{ readonly seconds: number; readonly bytes: number }> {
  const rules = ['--where', 'motionWidthsPerSecond >= 0.1', 'camera != static'];
  const choice = ['--top', 'sharpness=0.3', '--at-most', 'video=5', '--draw', String(clips / 20)];
  const args = ['select', dataset, '--name', 'bench', ...rules, ...choice];
  const start = performance.now();
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'close');
  const { ownBytes } = await watchTree(child.pid ?? 0, ended, () => false);
  const [code] = (await ended) as [number | null];
  if (code !== 0)
    throw new Error(`The selection ended with code ${code}: there is nothing to measure.`);
  return { seconds: (performance.now() - start) / 1000, bytes: ownBytes };
}

async function makeDataset(store: Store, clips: number): Promise<void> {
  const executor = localExecutor({ concurrency: 1 });
  const collect = from(madeUp('made-up-videos', clips, videosOf));
  const split = from(madeUp('made-up-clips', clips, clipsOf));
  await executor.run(step('collect', collect, tableSink(videosTable)), { store });
  await executor.run(step('split', split, tableSink(clipsTable)), { store });
}

/** Shards of clips counted through from 0. */
function madeUp<Row>(
  name: string,
  clips: number,
  rows: (first: number, end: number) => Iterable<Row>,
): Source<Row> {
  return {
    name,
    version: 1,
    config: { clips },
    async *shards() {
      for (let first = 0; first < clips; first += CLIPS_IN_SHARD) {
        await Promise.resolve();
        yield { id: `shard-${String(first).padStart(8, '0')}`, input: first };
      }
    },
    async *read({ input }: Shard) {
      await Promise.resolve();
      const first = Number(input);
      yield* rows(first, Math.min(clips, first + CLIPS_IN_SHARD));
    },
  };
}

function* videosOf(first: number, end: number): Generator<Video> {
  for (let clip = first; clip < end; clip += CLIPS_IN_VIDEO) yield madeUpVideo(clip);
}

function madeUpVideo(clip: number): Video {
  const number = Math.floor(clip / CLIPS_IN_VIDEO);
  const id = videoId(`video ${number}`, sha256(String(number)));
  return {
    id,
    uri: `/videos/${number}.mp4`,
    license: 'cc-by',
    metadata: { category: number % 16 },
  };
}

function* clipsOf(first: number, end: number): Generator<ClipRow> {
  for (let clip = first; clip < end; clip++) {
    const video = madeUpVideo(clip).id;
    const startMs = (clip % CLIPS_IN_VIDEO) * 5_000;
    const where = span(startMs, startMs + 4_000);
    yield { id: clipId(video, where), video, span: where, facts: madeUpFacts(clip) };
  }
}

/** As many facts as a measured clip has, spread by a hash. */
function madeUpFacts(clip: number): JsonObject {
  const at = (salt: number): number =>
    ((Math.imul(clip + salt, 2_654_435_761) >>> 0) % 10_000) / 10_000;
  return {
    camera: at(1) < 0.3 ? 'static' : 'pan-left',
    motionWidthsPerSecond: at(2),
    motionRightWidthsPerSecond: at(3),
    motionDownWidthsPerSecond: at(4),
    growthPerSecond: at(5),
    localMotionRatio: at(6),
    freezeRatio: at(7),
    frameChange: at(8),
    luminance: at(9),
    contrast: at(10),
    sharpness: at(11),
    colourfulness: at(12),
  };
}
