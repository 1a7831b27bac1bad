import { parentPort, workerData } from 'node:worker_threads';

import { openScan, type FoundRows, type RowRange } from './scan.js';

/** What the thread is asked. */
export type ScanRequest = {
  readonly job: number;
  readonly query: Float32Array;
  readonly limit: number;
  readonly allowed?: Uint8Array;
};

/** What it answers; `ready` comes first, once. */
export type ScanReply =
  { readonly kind: 'ready' } | ({ readonly kind: 'found'; readonly job: number } & FoundRows);

if (parentPort === null) {
  throw new TypeError('scan.worker runs as a worker thread: call openVectorIndex().');
}
const port = parentPort;
const scan = openScan(workerData as RowRange);
port.on('message', ({ job, query, limit, allowed }: ScanRequest) => {
  const found = scan.search(query, limit, allowed);
  port.postMessage({ kind: 'found', job, ...found } satisfies ScanReply);
});
port.postMessage({ kind: 'ready' } satisfies ScanReply);
