import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ToolkitError } from '@internvid/core';
import type {
  NetworkPath,
  WindowAnswer,
  WindowJudgement,
  WindowQuestion,
} from './transnet-messages.js';

/**
 * Processes that run the network, each with its own copy of it, started at the first window. Processes rather than threads: a
 * network blocks whatever runs it, its memory goes back to the machine with it, and a crash in native code fails one video and
 * not the run.
 */
export interface TransnetProcesses extends AsyncDisposable {
  readonly size: number;
  /**
   * What the network says of a window.
   *
   * @throws ToolkitError `missing-dependency`, `model-failed` (also when the process died); the signal's reason when it aborts.
   */
  judge(window: Uint8Array, signal?: AbortSignal): Promise<WindowJudgement>;
}

type Waiting = { resolve(judgement: WindowJudgement): void; reject(error: Error): void };
type Helper = { readonly child: ChildProcess; readonly waiting: Map<number, Waiting> };

const FROM_SOURCE = import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(
  new URL(FROM_SOURCE ? './transnet.worker.ts' : './transnet.worker.js', import.meta.url),
);

/** glibc keeps a heap for each thread and gives little of it back: one heap halves what a network holds. */
const ENVIRONMENT = { ...process.env, MALLOC_ARENA_MAX: '1' };

/** @param size number of processes, at least 1. */
export function transnetProcesses(model: string, size: number): TransnetProcesses {
  const helpers: Helper[] = [];
  let nextId = 0;
  let closed = false;

  const start = (): Helper => {
    const execArgv = FROM_SOURCE ? ['--conditions=source', '--import', 'tsx'] : [];
    const child = fork(WORKER, [], { execArgv, env: ENVIRONMENT, serialization: 'advanced' });
    const helper: Helper = { child, waiting: new Map() };
    child.on('message', (answer: WindowAnswer) => settle(helper, answer));
    child.on('error', (cause) => end(helper, cause));
    child.on('exit', (code, signal) =>
      end(helper, new Error(signal ?? `exit code ${String(code)}`)),
    );
    child.send({ model } satisfies NetworkPath);
    rest(helper);
    helpers.push(helper);
    return helper;
  };

  const end = (helper: Helper, cause: Error): void => {
    const at = helpers.indexOf(helper);
    if (at >= 0) helpers.splice(at, 1);
    const message = `The process that runs TransNetV2 ended: ${cause.message}.`;
    const error = new ToolkitError('model-failed', message, { cause, retryable: true });
    for (const { reject } of helper.waiting.values()) reject(error);
    helper.waiting.clear();
  };

  return {
    size,
    async judge(window, signal) {
      if (closed) throw new TypeError('The detector was disposed of.');
      signal?.throwIfAborted();
      const helper = helpers.length < size ? start() : leastBusy(helpers);
      return ask(helper, { id: nextId++, window }, signal);
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(
        helpers.map(async ({ child }) => {
          const gone = once(child, 'exit');
          // At rest it does not keep this process alive, which now waits for it.
          child.ref();
          child.kill('SIGKILL');
          await gone;
        }),
      );
    },
  };
}

function ask(
  helper: Helper,
  question: WindowQuestion,
  signal: AbortSignal | undefined,
): Promise<WindowJudgement> {
  return new Promise((resolve, reject) => {
    const stop = (): void => finish(() => reject(signal?.reason as Error));
    const finish = (settled: () => void): void => {
      signal?.removeEventListener('abort', stop);
      helper.waiting.delete(question.id);
      if (helper.waiting.size === 0) rest(helper);
      settled();
    };
    helper.waiting.set(question.id, {
      resolve: (judgement) => finish(() => resolve(judgement)),
      reject: (error) => finish(() => reject(error)),
    });
    signal?.addEventListener('abort', stop);
    helper.child.ref();
    helper.child.channel?.ref();
    helper.child.send(question);
  });
}

/** Processes at rest that nobody disposed of do not keep this one alive. */
function rest({ child }: Helper): void {
  child.unref();
  child.channel?.unref();
}

function settle(helper: Helper, answer: WindowAnswer): void {
  const waiting = helper.waiting.get(answer.id);
  if ('judgement' in answer) waiting?.resolve(answer.judgement);
  else waiting?.reject(new ToolkitError(answer.failure.code, answer.failure.message));
}

function leastBusy(helpers: readonly Helper[]): Helper {
  return helpers.reduce((best, helper) =>
    helper.waiting.size < best.waiting.size ? helper : best,
  );
}
