import { spawnSync } from 'node:child_process';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { claimFile } from '../../src/download/claim.js';
import { temporaryFolder } from '../drawn-video.js';

const folder = temporaryFolder();
const signal = new AbortController().signal;
const deadPid = spawnSync(process.execPath, ['-e', '']).pid;

describe('a claim', () => {
  it('is held by one at a time', async () => {
    const path = join(folder, 'one');
    const order: string[] = [];
    const take = async (name: string): Promise<void> => {
      const claim = await claimFile(path, signal);
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 30));
      order.push(`${name} out`);
      await claim.release();
    };
    await Promise.all([take('a'), take('b'), take('c')]);
    expect(order.map((entry) => entry.slice(2))).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
    expect(existsSync(path)).toBe(false);
  });

  it('of a process that is gone is taken over, by one of several', async () => {
    const path = join(folder, 'dead');
    writeFileSync(path, `${hostname()} ${deadPid} x`);
    const claims: string[] = [];
    const take = async (name: string): Promise<void> => {
      const claim = await claimFile(path, signal);
      expect(claims).toEqual([]);
      claims.push(name);
      await new Promise((resolve) => setTimeout(resolve, 10));
      claims.pop();
      await claim.release();
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(take));
  });

  it('of another machine is respected until it has not been renewed for long', async () => {
    const path = join(folder, 'far');
    writeFileSync(path, 'another-machine 1 x');
    const hurried = AbortSignal.timeout(100);
    await expect(claimFile(path, hurried)).rejects.toThrow();
    const old = new Date(Date.now() - 3_600_000);
    utimesSync(path, old, old);
    await (await claimFile(path, signal)).release();
    expect(existsSync(path)).toBe(false);
  });
});
