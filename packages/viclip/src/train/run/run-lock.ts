import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import { z } from 'zod';

import { isAlive } from './run-folder.js';

/** In the folder of a run while a process trains there. */
export const LOCK_FILE = 'run.lock';

type Holder = z.infer<typeof holderSchema>;

const holderSchema = z.object({
  host: z.string(),
  pid: z.number(),
  /** Milliseconds since 1970: a process that was started again may have the number of the one before. */
  startedMs: z.number(),
  token: z.string(),
});

/**
 * Keeps other processes from training in a folder until it is disposed of. What a process of this machine that is gone left behind is
 * taken over.
 *
 * @throws ToolkitError `store-failed` where the folder is in use, or cannot be written.
 */
export async function lockRun(folder: string): Promise<AsyncDisposable> {
  const path = join(folder, LOCK_FILE);
  const own = {
    host: hostname(),
    pid: process.pid,
    startedMs: performance.timeOrigin,
    token: randomBytes(8).toString('hex'),
  };
  while (!(await take(path, own))) {
    const holder = await readHolder(path);
    if (holder === 'gone') continue;
    if (holder === undefined || !isDead(holder)) throw inUse(folder, path, holder);
    await discard(path, holder);
  }
  return {
    async [Symbol.asyncDispose]() {
      const holder = await readHolder(path).catch(() => undefined);
      if (holder !== 'gone' && holder?.token === own.token) await rm(path, { force: true });
    },
  };
}

/** The file appears with its words in it, so that nobody reads half of them. */
async function take(path: string, own: Holder): Promise<boolean> {
  const written = `${path}.${own.token}`;
  try {
    await writeFile(written, JSON.stringify(own));
    await link(written, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('store-failed', `${path} cannot be written: ${why}`, { cause });
  } finally {
    await rm(written, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | 'gone' | undefined> {
  try {
    const words = await readFile(path, 'utf8');
    return holderSchema.parse(JSON.parse(words));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

function isDead({ host, pid, startedMs }: Holder): boolean {
  if (host !== hostname()) return false;
  return pid === process.pid ? startedMs !== performance.timeOrigin : !isAlive(pid);
}

/** Of several that find the same dead holder one moves it away; should another's new lock be moved instead, it goes back. */
async function discard(path: string, holder: Holder): Promise<void> {
  const moved = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await rename(path, moved);
    const found = await readHolder(moved);
    if (found !== 'gone' && found?.token !== holder.token) await link(moved, path);
  } catch {
    // Somebody else was faster.
  } finally {
    await rm(moved, { force: true });
  }
}

function inUse(folder: string, path: string, holder: Holder | undefined): ToolkitError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new ToolkitError(
    'store-failed',
    `${folder} is in use: ${who} trains there. Wait for it, or name another folder; if that process is surely gone, remove ${path}.`,
  );
}
