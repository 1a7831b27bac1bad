import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findFfmpeg } from '@internvid/core/media';

import { measured, type Bench, type Measurement } from './bench.js';
import { watchTree } from './process-tree.js';

const BIN = fileURLToPath(new URL('../../apps/cli/bin/internvid.js', import.meta.url));

/** Lengths compared, in minutes: one minute of moving patterns, looped by stream copy. */
const MINUTES = [20, 60];

/**
 * Runs the whole pipeline on long 1080p videos and watches the memory of the node process. The growth per hour is the
 * difference between the two lengths.
 */
export const bench: Bench = async ({ say }) => {
  const folder = await mkdtemp(join(tmpdir(), 'internvid-bench-'));
  try {
    const measurements: Measurement[] = [];
    const peaks: number[] = [];
    const minute = join(folder, 'minute.mp4');
    await drawMinute(minute);
    for (const minutes of MINUTES) {
      const video = join(folder, `${minutes}-minutes.mp4`);
      await loop(minute, video, minutes);
      say(`running the pipeline on ${minutes} minutes of 1080p`);
      const { ownBytes, treeBytes } = await runOn(video, join(folder, `dataset-${minutes}`));
      peaks.push(ownBytes);
      const isHour = minutes === 60;
      const name = isHour ? 'one-hour-1080p' : `${minutes}-minutes-1080p`;
      measurements.push(
        measured(name, 'peak-memory', ownBytes / 1e6, 'MB', isHour ? 600 : undefined),
      );
      measurements.push(measured(name, 'peak-memory-all-processes', treeBytes / 1e6, 'MB'));
    }
    const [shorter = 0, longer = 0] = peaks;
    const [from = 0, to = 1] = MINUTES;
    const growth = (longer - shorter) / 1e6 / ((to - from) / 60);
    return [...measurements, measured('one-hour-1080p', 'growth', growth, 'MB/h', 5)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Twelve different five-second scenes, so that there are shots to find. */
async function drawMinute(file: string): Promise<void> {
  const scenes = ['testsrc2', 'mandelbrot', 'gradients=speed=0.05', 'smptehdbars'];
  const inputs = Array.from({ length: 12 }, (_, index) => {
    const scene = scenes[index % scenes.length] ?? 'testsrc2';
    const join = scene.includes('=') ? ':' : '=';
    return ['-f', 'lavfi', '-t', '5', '-i', `${scene}${join}size=480x270:rate=25`];
  });
  const streams = inputs
    .map((_, index) => `[${index}:v]format=yuv420p,setsar=1[v${index}]`)
    .join(';');
  const all = inputs.map((_, index) => `[v${index}]`).join('');
  const graph = `${streams};${all}concat=n=${inputs.length},scale=1920:1080[out]`;
  await ffmpeg([
    ...inputs.flat(),
    '-filter_complex',
    graph,
    '-map',
    '[out]',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '50',
    file,
  ]);
}

async function loop(minute: string, file: string, times: number): Promise<void> {
  await ffmpeg(['-stream_loop', String(times - 1), '-i', minute, '-c', 'copy', file]);
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  const { path } = findFfmpeg('ffmpeg');
  const child = spawn(path, ['-v', 'error', '-y', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with code ${code}.`);
}

async function runOn(
  video: string,
  dataset: string,
): Promise<{ ownBytes: number; treeBytes: number }> {
  const child = spawn(process.execPath, [BIN, 'run', video, '--out', dataset], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const peak = await watchTree(child.pid ?? 0, ended, () => false);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`The run ended with code ${code}: there is nothing to measure.`);
  return peak;
}
