/** A queue between one producer that pushes and one consumer that iterates. */
export interface Channel<Item> extends AsyncIterable<Item> {
  push(item: Item): void;
  end(): void;
  /** Ends with an error, which the consumer gets. */
  fail(error: unknown): void;
}

/** Makes an empty channel. Pushing never blocks: what is not taken yet waits in memory. */
export function channel<Item>(): Channel<Item> {
  const items: Item[] = [];
  let ending: { readonly error?: unknown } | undefined;
  let wakeConsumer: (() => void) | undefined;
  let isConsumerGone = false;
  const wake = (): void => {
    wakeConsumer?.();
    wakeConsumer = undefined;
  };
  return {
    push(item) {
      if (ending !== undefined)
        throw new TypeError('A channel that has ended takes no more items.');
      if (!isConsumerGone) items.push(item);
      wake();
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
          } else if (ending !== undefined) {
            if ('error' in ending) throw ending.error;
            return;
          } else {
            await new Promise<void>((resolve) => (wakeConsumer = resolve));
          }
        }
      } finally {
        isConsumerGone = true;
      }
    },
  };
}
