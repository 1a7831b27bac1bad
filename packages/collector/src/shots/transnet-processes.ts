import { workerPool, type WorkerPool } from '@internvid/core/processes';

import type { NetworkPath, WindowJudgement } from './transnet-messages.js';

/** Processes that run the network on windows of 100 frames (see `transnet-windows`), each with its own copy of it. */
export type TransnetProcesses = WorkerPool<Uint8Array, WindowJudgement>;

const FILE = import.meta.url.endsWith('.ts') ? './transnet.worker.ts' : './transnet.worker.js';

/** @param size number of processes, at least 1. */
export function transnetProcesses(model: string, size: number): TransnetProcesses {
  return workerPool({
    program: new URL(FILE, import.meta.url),
    setup: { model } satisfies NetworkPath,
    size,
    work: 'runs TransNetV2',
  });
}
