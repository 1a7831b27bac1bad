import { workerPool, type WorkerPool } from '@internvid/core/processes';
import type { FrameEvidence } from '../frame-evidence.js';
import type { FrameQuestion, ModelPaths } from './frame-messages.js';

/** Processes that examine frames, each with its own copy of the networks. */
export type FrameWorkers = WorkerPool<FrameQuestion, FrameEvidence>;

const FILE = import.meta.url.endsWith('.ts') ? './frame.worker.ts' : './frame.worker.js';

/** @param size number of processes, at least 1. */
export function frameWorkers(paths: ModelPaths, size: number): FrameWorkers {
  return workerPool({
    program: new URL(FILE, import.meta.url),
    setup: paths,
    size,
    work: 'examines frames',
  });
}
