import type { ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { contentsOf, internvid, start } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

const KILLS = 20;
const KILLS_PER_DATASET = 4;

const emptyFolder = async (): Promise<string> =>
  join(await mkdtemp(join(tmpdir(), 'internvid-kill-')), 'dataset');

/** Numbers from 0 to 1, the same on every run, so that a failure can be looked at again. */
function* seeded(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Waits until a process has written some text to its error stream, so that no clock decides where it is. */
function said({ stderr }: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve) => {
    let heard = '';
    stderr?.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (heard.includes(words)) resolve();
    });
  });
}

describe('a run that is killed', () => {
  let films: string;
  let unbroken: Record<string, string>;
  let unbrokenMs: number;

  beforeAll(async () => {
    films = await drawSmallFilms(8);
    const folder = await emptyFolder();
    await internvid(['doctor']);
    const startedAt = performance.now();
    const { code, err } = await internvid(['run', films, '--out', folder]);
    unbrokenMs = performance.now() - startedAt;
    if (code !== 0) throw new Error(err);
    unbroken = await contentsOf(folder);
  }, 300_000);

  it('ends with the bytes of an unbroken run, killed at twenty random moments', async () => {
    const random = seeded(20_261_122);
    let killed = 0;
    for (let dataset = 0; dataset < KILLS / KILLS_PER_DATASET || killed < KILLS; dataset += 1) {
      const folder = await emptyFolder();
      for (let kill = 0; kill < KILLS_PER_DATASET; kill += 1) {
        const child = start(['run', films, '--out', folder]);
        await Promise.race([sleep(random.next().value * unbrokenMs * 0.9), child.done]);
        if (child.kill('SIGKILL')) killed += 1;
        await child.done;
      }
      const { code } = await internvid(['run', films, '--out', folder]);
      expect(code).toBe(0);
      expect(await contentsOf(folder)).toEqual(unbroken);
    }
    expect(killed).toBeGreaterThanOrEqual(KILLS);
  }, 900_000);

  it('ends with the same bytes when two processes work on one dataset', async () => {
    const folder = await emptyFolder();
    const both = await Promise.all([1, 2].map(() => internvid(['run', films, '--out', folder])));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await contentsOf(folder)).toEqual(unbroken);
  }, 300_000);

  it('stops at Ctrl-C with a word on how to go on', async () => {
    const folder = await emptyFolder();
    const child = start(['run', films, '--out', folder]);
    await said(child, 'collect:');
    child.kill('SIGINT');
    const { code, err } = await child.done;
    expect(code).toBe(1);
    expect(err).toContain('run the same command again');
    await internvid(['run', films, '--out', folder]);
    expect(await contentsOf(folder)).toEqual(unbroken);
  }, 300_000);
});
