import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ToolkitError } from '@internvid/core';
import type { FrameEvidence } from '../frame-evidence.js';
import type { FrameAnswer, FrameQuestion, ModelPaths } from './frame-messages.js';

/**
 * Processes that examine frames, each with its own copy of the networks, started at the first question. Processes rather than
 * threads: a network blocks whatever runs it, its memory goes back to the machine with it, and a crash in native code ends
 * one frame and not the run.
 */
export interface FrameWorkers extends AsyncDisposable {
  readonly size: number;
  /**
   * What is in a frame.
   *
   * @throws ToolkitError `corrupt`, `model-failed` (also when the process died); the signal's reason when it aborts.
   */
  examine(
    frame: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> },
    signal: AbortSignal,
  ): Promise<FrameEvidence>;
}

type Waiting = { resolve(evidence: FrameEvidence): void; reject(error: Error): void };
type Helper = { readonly child: ChildProcess; readonly waiting: Map<number, Waiting> };

const FROM_SOURCE = import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(
  new URL(FROM_SOURCE ? './frame.worker.ts' : './frame.worker.js', import.meta.url),
);

/** glibc keeps a heap for each thread and gives little of it back: one heap halves what the networks hold. */
const ENVIRONMENT = { ...process.env, MALLOC_ARENA_MAX: '1' };

/** @param size number of processes, at least 1. */
export function frameWorkers(paths: ModelPaths, size: number): FrameWorkers {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new RangeError(`size must be at least 1, got ${size}.`);
  const helpers: Helper[] = [];
  let nextId = 0;
  let closed = false;

  const start = (): Helper => {
    const execArgv = FROM_SOURCE ? ['--conditions=source', '--import', 'tsx'] : [];
    const child = fork(WORKER, [], { execArgv, env: ENVIRONMENT, serialization: 'advanced' });
    const helper: Helper = { child, waiting: new Map() };
    child.on('message', (answer: FrameAnswer) => settle(helper, answer));
    child.on('error', (cause) => end(helper, cause));
    child.on('exit', (code, signal) =>
      end(helper, new Error(signal ?? `exit code ${String(code)}`)),
    );
    child.send(paths);
    rest(helper);
    helpers.push(helper);
    return helper;
  };

  const end = (helper: Helper, cause: unknown): void => {
    const at = helpers.indexOf(helper);
    if (at >= 0) helpers.splice(at, 1);
    const why = cause instanceof Error ? cause.message : String(cause);
    const error = new ToolkitError(
      'model-failed',
      `The process that examines frames ended: ${why}.`,
      { cause, retryable: true },
    );
    for (const { reject } of helper.waiting.values()) reject(error);
    helper.waiting.clear();
  };

  return {
    size,
    examine({ name, bytes }, signal) {
      if (closed) throw new TypeError('The captioner was disposed of.');
      signal.throwIfAborted();
      const helper = helpers.length < size ? start() : leastBusy(helpers);
      const question: FrameQuestion = { id: nextId++, name, bytes };
      return ask(helper, question, signal);
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

function ask(helper: Helper, question: FrameQuestion, signal: AbortSignal): Promise<FrameEvidence> {
  return new Promise((resolve, reject) => {
    const stop = (): void => finish(() => reject(signal.reason as Error));
    const finish = (settled: () => void): void => {
      signal.removeEventListener('abort', stop);
      helper.waiting.delete(question.id);
      if (helper.waiting.size === 0) rest(helper);
      settled();
    };
    helper.waiting.set(question.id, {
      resolve: (evidence) => finish(() => resolve(evidence)),
      reject: (error) => finish(() => reject(error)),
    });
    signal.addEventListener('abort', stop);
    helper.child.ref();
    helper.child.channel?.ref();
    helper.child.send(question);
  });
}

/** An idle captioner that nobody disposed of does not keep this process alive. */
function rest({ child }: Helper): void {
  child.unref();
  child.channel?.unref();
}

function settle(helper: Helper, answer: FrameAnswer): void {
  const waiting = helper.waiting.get(answer.id);
  if ('evidence' in answer) waiting?.resolve(answer.evidence);
  else waiting?.reject(new ToolkitError(answer.failure.code, answer.failure.message));
}

function leastBusy(helpers: readonly Helper[]): Helper {
  return helpers.reduce((best, helper) =>
    helper.waiting.size < best.waiting.size ? helper : best,
  );
}
