import { Worker } from 'node:worker_threads';

import { ToolkitError } from '@internvid/core';

import type { FoundRows, RowRange } from './scan.js';
import type { ScanReply, ScanRequest } from './scan.worker.js';

/** A worker thread that holds some rows. */
export interface ScanThread extends AsyncDisposable {
  search(query: Float32Array, limit: number, allowed?: Uint8Array): Promise<FoundRows>;
}

type Pending = { resolve(found: FoundRows): void; reject(error: Error): void };

/** Starts a thread and waits until it has read its rows. */
export async function startScanThread(range: RowRange): Promise<ScanThread> {
  const worker = startWorker(range);
  const pending = new Map<number, Pending>();
  let jobs = 0;
  let gone: Error | undefined;
  const end = (error: Error): void => {
    gone ??= error;
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
  };
  await new Promise<void>((resolve, reject) => {
    worker.on('error', (cause) => {
      const message = `The rows of ${range.path} could not be searched: ${cause.message}`;
      end(new ToolkitError('unreadable', message, { cause }));
      reject(gone ?? cause);
    });
    worker.on('exit', () => {
      end(new ToolkitError('internal', 'A thread of the vector index has ended.'));
      reject(gone ?? new Error());
    });
    worker.on('message', (reply: ScanReply) => {
      if (reply.kind === 'ready') return resolve();
      pending.get(reply.job)?.resolve(reply);
      pending.delete(reply.job);
    });
  });
  return {
    search(query, limit, allowed) {
      return new Promise((resolve, reject) => {
        if (gone !== undefined) return reject(gone);
        const job = jobs++;
        pending.set(job, { resolve, reject });
        const request = { job, query, limit, ...(allowed === undefined ? {} : { allowed }) };
        worker.postMessage(request satisfies ScanRequest);
      });
    },
    async [Symbol.asyncDispose]() {
      end(new ToolkitError('aborted', 'The vector index was disposed of.'));
      await worker.terminate();
    },
  };
}

function startWorker(range: RowRange): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) {
    return new Worker(new URL('./scan.worker.js', here), { workerData: range });
  }
  // `--import tsx` does nothing in a worker thread of Node 20: tsx registers itself on the main thread only.
  const loader = `import { register } from 'node:module'; register('tsx/esm', { parentURL: '${here}', data: {} });`;
  return new Worker(new URL('./scan.worker.ts', here), {
    workerData: range,
    execArgv: [
      '--conditions=source',
      '--import',
      `data:text/javascript,${encodeURIComponent(loader)}`,
    ],
  });
}
