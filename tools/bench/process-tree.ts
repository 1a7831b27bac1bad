import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The most that was seen of a process and its descendants. */
export type TreePeak = {
  /** Resident memory of the process itself, in bytes. */
  readonly ownBytes: number;
  /** Resident memory of all together at one moment, in bytes. */
  readonly treeBytes: number;
  /** Own memory over time, in bytes, at even intervals. */
  readonly series: readonly number[];
  /** Bytes that each descendant whose command line matched has read, as last seen. */
  readonly readBytes: readonly { readonly command: string; readonly bytes: number }[];
};

const EVERY_MS = 100;

/** Watches a process until `ended` resolves. Linux only: reads `/proc`. */
export async function watchTree(
  pid: number,
  ended: Promise<unknown>,
  isCounted: (command: string) => boolean,
): Promise<TreePeak> {
  const state = { running: true, ownBytes: 0, treeBytes: 0 };
  const series: number[] = [];
  const reads = new Map<number, { command: string; bytes: number }>();
  void ended.finally(() => (state.running = false));
  while (state.running) {
    const members = await descendants(pid);
    const sizes = await Promise.all(members.map(residentBytes));
    const own = sizes[0] ?? 0;
    series.push(own);
    state.ownBytes = Math.max(state.ownBytes, own);
    state.treeBytes = Math.max(
      state.treeBytes,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    for (const member of members.slice(1)) await noteReads(member, reads, isCounted);
    await sleep(EVERY_MS);
  }
  return {
    ownBytes: state.ownBytes,
    treeBytes: state.treeBytes,
    series,
    readBytes: [...reads.values()],
  };
}

/** The process first, then its children and theirs. */
async function descendants(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const found = [pid];
  for (const task of tasks) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '');
    for (const child of children.split(' ').filter(Boolean))
      found.push(...(await descendants(Number(child))));
  }
  return found;
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

async function noteReads(
  pid: number,
  reads: Map<number, { command: string; bytes: number }>,
  isCounted: (command: string) => boolean,
): Promise<void> {
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll(
    '\0',
    ' ',
  );
  if (!isCounted(command)) return;
  const io = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
  const bytes = Number(/^rchar: (\d+)/m.exec(io)?.[1] ?? 0);
  if (bytes > 0) reads.set(pid, { command, bytes: Math.max(bytes, reads.get(pid)?.bytes ?? 0) });
}
