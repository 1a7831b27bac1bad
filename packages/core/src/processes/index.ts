export { serveWorker } from './serve-worker.js';
export { workerPool, type WorkerPool, type WorkerPoolOptions } from './worker-pool.js';
