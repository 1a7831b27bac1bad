import { Worker } from 'node:worker_threads';
import { ToolkitError } from '@internvid/core';
import type { FrameEvidence } from '../frame-evidence.js';
import type { FrameAnswer, FrameQuestion, ModelPaths } from './frame-messages.js';

/** Threads that examine frames, each with its own copy of the networks, started at the first question. */
export interface FrameWorkers extends AsyncDisposable {
  readonly size: number;
  /**
   * What is in a frame. The bytes are handed over: do not use them again.
   *
   * @throws ToolkitError `corrupt`, `model-failed` (also when the thread died); the signal's reason when it aborts.
   */
  examine(
    frame: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> },
    signal: AbortSignal,
  ): Promise<FrameEvidence>;
}

type Waiting = { resolve(evidence: FrameEvidence): void; reject(error: Error): void };
type Thread = { readonly worker: Worker; readonly waiting: Map<number, Waiting> };

const FROM_SOURCE = import.meta.url.endsWith('.ts');
const WORKER = new URL(
  FROM_SOURCE ? './frame.worker.source.mjs' : './frame.worker.js',
  import.meta.url,
);

/** @param size number of threads, at least 1. */
export function frameWorkers(paths: ModelPaths, size: number): FrameWorkers {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`size must be at least 1, got ${size}.`);
  const threads: Thread[] = [];
  let nextId = 0;
  let closed = false;

  const start = (): Thread => {
    const execArgv = FROM_SOURCE ? ['--conditions=source'] : [];
    const worker = new Worker(WORKER, { execArgv, workerData: paths });
    const thread: Thread = { worker, waiting: new Map() };
    worker.on('message', (answer: FrameAnswer) => settle(thread, answer));
    worker.on('error', (cause) => end(thread, cause));
    worker.on('exit', (code) => end(thread, new Error(`exit code ${code}`)));
    // An idle captioner that nobody disposed of does not keep the process alive.
    worker.unref();
    threads.push(thread);
    return thread;
  };

  const end = (thread: Thread, cause: unknown): void => {
    const at = threads.indexOf(thread);
    if (at >= 0) threads.splice(at, 1);
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new ToolkitError(
      'model-failed',
      `The thread that examines frames ended: ${why}.`,
      { cause, retryable: true },
    );
    for (const { reject } of thread.waiting.values()) reject(error);
    thread.waiting.clear();
  };

  return {
    size,
    examine({ name, bytes }, signal) {
      if (closed) throw new TypeError('The captioner was disposed of.');
      signal.throwIfAborted();
      const thread = threads.length < size ? start() : leastBusy(threads);
      const question: FrameQuestion = { id: nextId++, name, bytes };
      return ask(thread, question, signal);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function ask(thread: Thread, question: FrameQuestion, signal: AbortSignal): Promise<FrameEvidence> {
  return new Promise((resolve, reject) => {
    const stop = (): void => finish(() => reject(signal.reason as Error));
    const finish = (settled: () => void): void => {
      signal.removeEventListener('abort', stop);
      thread.waiting.delete(question.id);
      if (thread.waiting.size === 0) thread.worker.unref();
      settled();
    };
    thread.waiting.set(question.id, {
      resolve: (evidence) => finish(() => resolve(evidence)),
      reject: (error) => finish(() => reject(error)),
    });
    signal.addEventListener('abort', stop);
    thread.worker.ref();
    thread.worker.postMessage(question, [question.bytes.buffer]);
  });
}

function settle(thread: Thread, answer: FrameAnswer): void {
  const waiting = thread.waiting.get(answer.id);
  if ('evidence' in answer) waiting?.resolve(answer.evidence);
  else waiting?.reject(new ToolkitError(answer.failure.code, answer.failure.message));
}

function leastBusy(threads: readonly Thread[]): Thread {
  return threads.reduce((best, thread) =>
    thread.waiting.size < best.waiting.size ? thread : best,
  );
}
