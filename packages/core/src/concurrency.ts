/** How many at once, and how far the fast may run ahead of the slow. */
export type ConcurrencyOptions = {
  /** Calls under way at most, at least 1. */
  readonly concurrency: number;
  /** Results that may wait for an earlier one, calls under way included. Default four times `concurrency`. */
  readonly window?: number;
};

type Slot<Out> =
  { state: 'running' } | { state: 'done'; value: Out } | { state: 'failed'; error: unknown };

/**
 * Calls `map` for several inputs at once and yields the results in the order of the inputs.
 *
 * The window keeps one slow call from stalling the rest while memory stays bounded. The first error, in input order, ends
 * the stream; calls under way are waited for, so that nothing runs on after it.
 */
export async function* mapInOrder<In, Out>(
  inputs: AsyncIterable<In>,
  options: ConcurrencyOptions,
  map: (input: In) => Promise<Out>,
): AsyncGenerator<Out, void, undefined> {
  const limit = atLeastOne(options.concurrency, 'concurrency');
  const window = atLeastOne(options.window ?? limit * 4, 'window');
  const iterator = inputs[Symbol.asyncIterator]();
  const slots: Slot<Out>[] = [];
  const running = new Set<Promise<void>>();
  const intake: {
    pull?: Promise<void> | undefined;
    ended: boolean;
    error?: { readonly reason: unknown };
  } = { ended: false };

  const start = (input: In): void => {
    const slot: Slot<Out> = { state: 'running' };
    slots.push(slot);
    const task = map(input)
      .then(
        (value) => Object.assign(slot, { state: 'done', value }),
        (error: unknown) => Object.assign(slot, { state: 'failed', error }),
      )
      .then(() => {
        running.delete(task);
      });
    running.add(task);
  };
  const pullOne = async (): Promise<void> => {
    try {
      const next = await iterator.next();
      if (next.done === true) intake.ended = true;
      else start(next.value);
    } catch (error) {
      intake.ended = true;
      intake.error = { reason: error };
    }
    intake.pull = undefined;
  };

  try {
    for (;;) {
      if (
        !intake.ended &&
        intake.pull === undefined &&
        running.size < limit &&
        slots.length < window
      ) {
        intake.pull = pullOne();
      }
      const head = slots[0];
      if (head !== undefined && head.state !== 'running') {
        slots.shift();
        if (head.state === 'failed') throw head.error;
        yield head.value;
      } else if (head === undefined && intake.ended) {
        if (intake.error !== undefined) throw intake.error.reason;
        return;
      } else {
        await Promise.race(intake.pull === undefined ? running : [...running, intake.pull]);
      }
    }
  } finally {
    await intake.pull;
    await Promise.all(running);
    if (!intake.ended) await iterator.return?.();
  }
}

function atLeastOne(value: number, name: string): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`options.${name} must be a whole number of at least 1, got ${value}.`);
  }
  return value;
}
