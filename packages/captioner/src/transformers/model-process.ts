import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ToolkitError } from '@internvid/core';
import type { Exchanges, ModelAnswer, ModelQuestion, ModelToLoad } from './model-messages.js';

/**
 * A process that holds one model and answers questions one after the other. A process rather than a thread: a network blocks whatever runs
 * it, its memory goes back to the machine with it, and a crash in native code ends one question and not the run. A process that ended is
 * started again at the next question.
 */
export interface ModelProcess<Kind extends keyof Exchanges> extends AsyncDisposable {
  /**
   * @throws ToolkitError `model-failed` (also when the process died, then retryable), `corrupt`; the signal's reason when it aborts.
   */
  ask(
    question: Exchanges[Kind]['question'],
    signal: AbortSignal,
  ): Promise<Exchanges[Kind]['answer']>;
}

type Waiting = { resolve(answer: unknown): void; reject(error: Error): void };
type Helper = { readonly child: ChildProcess; readonly waiting: Map<number, Waiting> };

const FROM_SOURCE = import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(
  new URL(FROM_SOURCE ? './model.worker.ts' : './model.worker.js', import.meta.url),
);
/** The number under which loading is answered. */
const LOADED = -1;

/**
 * Starts a process and waits until its model is loaded.
 *
 * @throws ToolkitError `missing-dependency` where transformers.js is not installed, `model-failed` for a model that cannot be loaded.
 */
export async function modelProcess<Kind extends keyof Exchanges>(
  model: ModelToLoad & { readonly kind: Kind },
): Promise<ModelProcess<Kind>> {
  let helper: Promise<Helper> | undefined;
  let nextId = 0;
  let closed = false;
  const started = (): Promise<Helper> => {
    helper ??= start(model, () => {
      helper = undefined;
    });
    return helper;
  };
  await started();
  return {
    async ask(question, signal) {
      if (closed) throw new TypeError('The model was disposed of.');
      signal.throwIfAborted();
      const answer = await ask(await started(), { id: nextId++, question }, signal);
      return answer as Exchanges[Kind]['answer'];
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      const running = await helper?.catch(() => undefined);
      if (running !== undefined) await stop(running.child);
    },
  };
}

async function start(model: ModelToLoad, onEnd: () => void): Promise<Helper> {
  const child = fork(WORKER, [], {
    execArgv: FROM_SOURCE ? ['--conditions=source', '--import', 'tsx'] : [],
    serialization: 'advanced',
    // The libraries below say on standard output what they like; ours belongs to the command line.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const helper: Helper = { child, waiting: new Map() };
  const end = (why: string, cause?: unknown): void => {
    onEnd();
    const message = `The process of a ${model.kind} model ended: ${why}.`;
    const error = new ToolkitError('model-failed', message, { cause, retryable: true });
    for (const { reject } of helper.waiting.values()) reject(error);
    helper.waiting.clear();
  };
  child.on('message', (answer: ModelAnswer) => settle(helper, answer));
  child.on('error', (cause) => end(cause.message, cause));
  child.on('exit', (code, signal) => end(signal ?? `exit code ${String(code)}`));
  try {
    await exchange(helper, LOADED, model);
  } catch (error) {
    await stop(child);
    throw error;
  }
  rest(helper);
  return helper;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  // At rest it does not keep this process alive, which now waits for it.
  child.ref();
  child.kill('SIGKILL');
  await gone;
}

async function ask(helper: Helper, question: ModelQuestion, signal: AbortSignal): Promise<unknown> {
  // It may have come while the process was starting.
  signal.throwIfAborted();
  const answered = exchange(helper, question.id, question);
  const aborted = new Promise<never>((_, reject) => {
    const stopWaiting = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', stopWaiting, { once: true });
    const forget = (): void => signal.removeEventListener('abort', stopWaiting);
    answered.then(forget, forget);
  });
  try {
    return await Promise.race([answered, aborted]);
  } finally {
    helper.waiting.delete(question.id);
    if (helper.waiting.size === 0) rest(helper);
  }
}

function exchange(helper: Helper, id: number, message: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    helper.waiting.set(id, { resolve, reject });
    helper.child.ref();
    helper.child.channel?.ref();
    // A process that is gone tells so by its exit, which rejects what waits.
    helper.child.send(message, () => undefined);
  });
}

/** An idle model that nobody disposed of does not keep this process alive. */
function rest({ child }: Helper): void {
  child.unref();
  child.channel?.unref();
}

function settle(helper: Helper, answer: ModelAnswer): void {
  const waiting = helper.waiting.get(answer.id);
  helper.waiting.delete(answer.id);
  if ('answer' in answer) waiting?.resolve(answer.answer);
  else waiting?.reject(new ToolkitError(answer.failure.code, answer.failure.message));
}
