import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { ToolkitError } from '@internvid/core';

import type { Runtime, Tower, TowerQuestion, TowerReply, TowerStart } from './tower-messages.js';

/**
 * A process that holds the towers of a model. A process rather than a thread: a model blocks whatever runs it, its memory goes
 * back to the machine with it, and a crash in native code ends one call and not the program.
 */
export interface TowerProcess extends AsyncDisposable {
  readonly runtime: Runtime;
  /** Of the process, for whoever watches its memory. */
  readonly pid: number;
  /**
   * The vectors of samples, one after the other, not of unit length.
   *
   * @throws ToolkitError `model-failed`, also when the process died; the signal's reason when it aborts.
   */
  run(
    tower: Tower,
    samples: number,
    values: Float32Array | Int32Array,
    signal?: AbortSignal,
  ): Promise<Float32Array>;
}

type Waiting = { resolve(rows: Float32Array): void; reject(error: Error): void };

const FROM_SOURCE = import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(
  new URL(FROM_SOURCE ? './tower.worker.ts' : './tower.worker.js', import.meta.url),
);

/** glibc keeps a heap for each thread and gives little of it back. */
const ENVIRONMENT = { ...process.env, MALLOC_ARENA_MAX: '1' };

/** Starts the process. @throws ToolkitError `missing-dependency`, `not-found`, `corrupt` or `model-failed` when it cannot work. */
export async function towerProcess(start: TowerStart): Promise<TowerProcess> {
  const execArgv = FROM_SOURCE ? ['--conditions=source', '--import', 'tsx'] : [];
  const child = fork(WORKER, [], { execArgv, env: ENVIRONMENT, serialization: 'advanced' });
  const waiting = new Map<number, Waiting>();
  let gone: Error | undefined;
  const end = (error: Error): void => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  child.on('error', (cause) => end(ended(cause.message, cause)));
  child.on('exit', (code, signal) => end(ended(signal ?? `exit code ${String(code)}`)));
  const runtime = await whenReady(child, start);
  child.on('message', (reply: TowerReply) => {
    if (reply.kind === 'answer') waiting.get(reply.id)?.resolve(reply.rows);
    if (reply.kind === 'failure') {
      waiting.get(reply.id)?.reject(new ToolkitError(reply.code, reply.message));
    }
  });
  rest(child);
  let questions = 0;

  return {
    runtime,
    pid: child.pid ?? 0,
    run(tower, samples, values, signal) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        if (gone !== undefined) return reject(gone);
        const id = questions++;
        const stop = (): void => finish(() => reject(signal?.reason as Error));
        const finish = (settled: () => void): void => {
          signal?.removeEventListener('abort', stop);
          waiting.delete(id);
          if (waiting.size === 0) rest(child);
          settled();
        };
        waiting.set(id, {
          resolve: (rows) => finish(() => resolve(rows)),
          reject: (error) => finish(() => reject(error)),
        });
        signal?.addEventListener('abort', stop);
        child.ref();
        child.channel?.ref();
        child.send({ id, tower, samples, values } satisfies TowerQuestion);
      });
    },
    async [Symbol.asyncDispose]() {
      end(new ToolkitError('aborted', 'The encoder was disposed of.'));
      await kill(child);
    },
  };
}

async function whenReady(child: ChildProcess, start: TowerStart): Promise<Runtime> {
  const died = new AbortController();
  const stop = (): void => died.abort();
  child.once('exit', stop).once('error', stop);
  try {
    child.send(start);
    const [reply] = (await once(child, 'message', { signal: died.signal })) as [TowerReply];
    if (reply.kind === 'ready') return reply.runtime;
    if (reply.kind === 'unavailable') throw new ToolkitError(reply.code, reply.message);
    throw ended(`it said "${reply.kind}" before it was ready`);
  } catch (error) {
    await kill(child);
    throw ToolkitError.is(error) ? error : ended('it ended before it was ready', error);
  } finally {
    child.off('exit', stop).off('error', stop);
  }
}

/** An idle encoder that nobody disposed of does not keep this process alive. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  // At rest it does not keep this process alive, which now waits for it.
  child.ref();
  child.kill('SIGKILL');
  await gone;
}

function ended(why: string, cause?: unknown): ToolkitError {
  return new ToolkitError('model-failed', `The process that runs the model ended: ${why}.`, {
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}
