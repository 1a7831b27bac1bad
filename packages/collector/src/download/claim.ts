import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 300;
const HEARTBEAT_MS = 20_000;
/** A claim from another machine counts as dead when it was not renewed for so long. */
const DEAD_AFTER_MS = 300_000;

/** The right to write what lies under a name, until it is released. */
export interface Claim {
  release(): Promise<void>;
}

/**
 * Waits until no other process, of this machine or another that shares the folder, holds the claim file, and takes it. A claim
 * whose process is gone is taken over.
 */
export async function claimFile(path: string, signal: AbortSignal): Promise<Claim> {
  const owner = `${hostname()} ${process.pid} ${randomBytes(8).toString('hex')}`;
  for (;;) {
    signal.throwIfAborted();
    if (await create(path, owner)) return holdClaim(path, owner);
    const holder = await readFile(path, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    if (await isDead(path, holder)) await discard(path, holder);
    else await sleep(POLL_MS, undefined, { signal });
  }
}

async function create(path: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    await handle.writeFile(owner).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holdClaim(path: string, owner: string): Claim {
  const heartbeat = setInterval(() => {
    const now = new Date();
    void utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      const holder = await readFile(path, 'utf8').catch(() => undefined);
      if (holder === owner) await rm(path, { force: true });
    },
  };
}

async function isDead(path: string, holder: string): Promise<boolean> {
  // A claim that is being written has no owner yet; its age tells whether it ever will.
  const [host, pid] = holder.split(' ');
  if (host === hostname()) return !isAlive(Number(pid));
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > DEAD_AFTER_MS;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Of several that find the same dead claim one moves it away; should another's new claim be moved instead, it goes back. */
async function discard(path: string, holder: string): Promise<void> {
  const moved = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, moved);
    if ((await readFile(moved, 'utf8')) !== holder) await link(moved, path);
  } catch {
    // Somebody else was faster.
  } finally {
    await rm(moved, { force: true });
  }
}
