import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { ToolkitError } from '../errors.js';
import { OPENING, type Asked, type Reply, type Setup } from './messages.js';

/** What a pool runs. */
export type WorkerPoolOptions = {
  /** The program of a worker, which calls `serveWorker`. One that ends in `.ts` runs from sources, through tsx. */
  readonly program: URL;
  /** What each process is told before it is asked anything: plain data. */
  readonly setup: unknown;
  /** Processes at most, at least 1. */
  readonly size: number;
  /** What the processes do, in the words of an error: `examines frames`. */
  readonly work: string;
};

/**
 * Processes that answer questions, each one question at a time. Processes rather than threads: a network blocks whatever runs it, its
 * memory goes back to the machine with it, and a crash in native code ends a few questions and not the run.
 *
 * A process is started when it is first needed, and another one in the place of one that ended. Idle ones do not keep the program
 * alive.
 */
export interface WorkerPool<Question, Answer> extends AsyncDisposable {
  readonly size: number;
  /**
   * Starts a process, where none runs, and waits until it has opened what it works with.
   *
   * @throws ToolkitError what opening failed with, or `model-failed` when the process died.
   */
  ready(): Promise<void>;
  /**
   * @throws ToolkitError what the worker failed with, or `model-failed` (retryable) when its process died; the signal's reason when it
   * aborts. TypeError once the pool is disposed of.
   */
  ask(question: Question, signal?: AbortSignal): Promise<Answer>;
}

type Waiting = { resolve(answer: unknown): void; reject(error: Error): void };
type Worker = {
  readonly child: ChildProcess;
  readonly waiting: Map<number, Waiting>;
  readonly opened: Promise<unknown>;
};

/** glibc keeps a heap for each thread and gives little of it back: one heap halves what networks hold. */
const ONE_HEAP = { MALLOC_ARENA_MAX: '1' };

/** onnxruntime would tell its makers what is run; who wants that says so in the environment. */
const SILENCE = { ORT_DISABLE_TELEMETRY: '1' };

/** Makes a pool; nothing is started yet. */
export function workerPool<Question, Answer>(
  options: WorkerPoolOptions,
): WorkerPool<Question, Answer> {
  const { size, work } = options;
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`options.size must be at least 1, got ${size}.`);
  const workers: Worker[] = [];
  let nextId = OPENING + 1;
  let closed = false;

  const add = (): Worker => {
    const worker = startWorker(options, () => {
      const at = workers.indexOf(worker);
      if (at >= 0) workers.splice(at, 1);
    });
    workers.push(worker);
    return worker;
  };
  const refuseWhenClosed = (): void => {
    if (closed) throw new TypeError(`The process that ${work} was disposed of.`);
  };

  return {
    size,
    async ready() {
      refuseWhenClosed();
      await (workers[0] ?? add()).opened;
    },
    async ask(question, signal) {
      refuseWhenClosed();
      signal?.throwIfAborted();
      const worker = workers.length < size ? add() : leastBusy(workers);
      const asked: Asked = { id: nextId++, question };
      return (await exchange(worker, asked.id, asked, signal)) as Answer;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(workers.map(({ child }) => stop(child)));
    },
  };
}

function startWorker({ program, setup, work }: WorkerPoolOptions, onEnd: () => void): Worker {
  const child = fork(fileURLToPath(program), [], {
    execArgv: program.href.endsWith('.ts') ? ['--conditions=source', '--import', 'tsx'] : [],
    env: { ...SILENCE, ...process.env, ...ONE_HEAP },
    serialization: 'advanced',
    // Libraries say on standard output what they like; ours belongs to the command line.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, Waiting>();
  const end = (why: string, cause?: unknown): void => {
    onEnd();
    const message = `The process that ${work} ended: ${why}.`;
    const error = new ToolkitError('model-failed', message, { cause, retryable: true });
    for (const { reject } of waiting.values()) reject(error);
  };
  child.on('message', (reply: Reply) => settle(waiting.get(reply.id), reply));
  child.on('error', (cause) => end(cause.message, cause));
  child.on('exit', (code, signal) => end(signal ?? `exit code ${String(code)}`));
  const opened = exchange({ child, waiting }, OPENING, { setup } satisfies Setup);
  // Whoever waits for it is told; each question is too.
  opened.catch(() => undefined);
  return { child, waiting, opened };
}

function exchange(
  { child, waiting }: Pick<Worker, 'child' | 'waiting'>,
  id: number,
  message: Setup | Asked,
  signal?: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stopWaiting = (): void => finish(() => reject(signal?.reason as Error));
    const finish = (settled: () => void): void => {
      signal?.removeEventListener('abort', stopWaiting);
      waiting.delete(id);
      if (waiting.size === 0) rest(child);
      settled();
    };
    waiting.set(id, {
      resolve: (answer) => finish(() => resolve(answer)),
      reject: (error) => finish(() => reject(error)),
    });
    signal?.addEventListener('abort', stopWaiting);
    child.ref();
    child.channel?.ref();
    // A process that is gone tells so by its exit, which rejects what waits.
    child.send(message, () => undefined);
  });
}

function settle(waiting: Waiting | undefined, reply: Reply): void {
  if ('answer' in reply) waiting?.resolve(reply.answer);
  else waiting?.reject(new ToolkitError(reply.failure.code, reply.failure.message));
}

function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  // At rest it does not keep this process alive, which now waits for it.
  child.ref();
  child.kill('SIGKILL');
  await gone;
}

function leastBusy(workers: readonly Worker[]): Worker {
  return workers.reduce((best, worker) =>
    worker.waiting.size < best.waiting.size ? worker : best,
  );
}
