/** A queue between one producer that pushes and one consumer that iterates. */
export interface Channel<Item> extends AsyncIterable<Item> {
  push(item: Item): void;
  /** Resolves when the consumer has taken all that was pushed, or has gone. */
  drained(): Promise<void>;
  end(): void;
  /** Ends with an error, which the consumer gets. */
  fail(error: unknown): void;
}

/** Makes an empty channel. Pushing never blocks: a polite producer waits for `drained`. */
export function channel<Item>(): Channel<Item> {
  const items: Item[] = [];
  let ending: { readonly error?: unknown } | undefined;
  let wakeConsumer: (() => void) | undefined;
  let wakeProducers: (() => void)[] = [];
  let isConsumerGone = false;
  const wake = (): void => {
    wakeConsumer?.();
    wakeConsumer = undefined;
  };
  const letProducersGo = (): void => {
    for (const release of wakeProducers) release();
    wakeProducers = [];
  };
  return {
    push(item) {
      if (ending !== undefined)
        throw new TypeError('A channel that has ended takes no more items.');
      if (!isConsumerGone) items.push(item);
      wake();
    },
    drained() {
      if (items.length === 0 || isConsumerGone) return Promise.resolve();
      return new Promise((resolve) => wakeProducers.push(resolve));
    },
    end() {
      ending ??= {};
      wake();
    },
    fail(error) {
      ending ??= { error };
      wake();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const item = items.shift();
          if (item !== undefined) {
            yield item;
            if (items.length === 0) letProducersGo();
          } else if (ending !== undefined) {
            if ('error' in ending) throw ending.error;
            return;
          } else {
            await new Promise<void>((resolve) => (wakeConsumer = resolve));
          }
        }
      } finally {
        isConsumerGone = true;
        letProducersGo();
      }
    },
  };
}
