import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { LOCK_FILE, lockRun } from '../../../src/train/run/run-lock.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viclip-lock "a" 🎬-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const own = {
  host: hostname(),
  pid: process.pid,
  startedMs: performance.timeOrigin,
  token: 'theirs',
};
const leave = (holder: object): Promise<void> =>
  writeFile(join(folder, LOCK_FILE), JSON.stringify({ ...own, ...holder }));

describe('lockRun', () => {
  it('keeps a second run out until the first is over', async () => {
    {
      await using first = await lockRun(folder);
      expect(first).toBeDefined();
      await expect(lockRun(folder)).rejects.toMatchObject({
        code: 'store-failed',
        message: expect.stringContaining(
          `is in use: process ${process.pid} on ${hostname()} trains there`,
        ),
      });
    }
    await (await lockRun(folder))[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets one of many in', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockRun(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(folder)).toEqual([LOCK_FILE]);
  });

  it('takes over from a process that is gone, once', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await leave({ pid });
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockRun(folder)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('takes over from a process whose number it has, which started earlier', async () => {
    await leave({ startedMs: own.startedMs - 1000 });
    await expect(lockRun(folder)).resolves.toBeDefined();
  });

  it.each([{ host: 'elsewhere', pid: 1 }, { pid: 'nonsense' }])(
    'does not take over what it cannot judge: %o',
    async (holder) => {
      await leave(holder);
      await expect(lockRun(folder)).rejects.toThrow(`remove ${join(folder, LOCK_FILE)}`);
    },
  );

  it('says where the folder cannot be written', async () => {
    await expect(lockRun(join(folder, 'none'))).rejects.toMatchObject({ code: 'store-failed' });
  });
});
