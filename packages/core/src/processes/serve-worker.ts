import { ToolkitError } from '../errors.js';
import { OPENING, type Asked, type Reply, type Setup } from './messages.js';

/**
 * The other side of a `workerPool`: what the program of a worker calls, once. Questions are answered one after the other: a second
 * at the same time would only wait for the same processor, with its data in memory.
 *
 * @param open opens what the worker works with, from what the pool was given as `setup`; where it fails, so does every question.
 */
export function serveWorker(
  open: (setup: never) => Promise<(question: never) => Promise<unknown>>,
): void {
  // The other side may be killed at any moment; nobody is left to answer then.
  process.on('disconnect', () => process.exit());
  // Ctrl-C goes to every process of a terminal: the other side decides what becomes of this one.
  process.on('SIGINT', () => undefined);
  process.once('message', ({ setup }: Setup) => {
    const opening = open(setup as never);
    let last = answer(OPENING, () => opening.then(() => undefined));
    process.on('message', ({ id, question }: Asked) => {
      last = last.then(() => answer(id, async () => (await opening)(question as never)));
    });
  });
}

async function answer(id: number, work: () => Promise<unknown>): Promise<void> {
  try {
    say({ id, answer: await work() });
  } catch (error) {
    const { code, message } = ToolkitError.from(error);
    say({ id, failure: { code, message } });
  }
}

function say(reply: Reply): void {
  process.send?.(reply);
}
