/**
 * Items of a stream, of which up to `count` are made before they are asked for. Making goes on while the reader works; ending
 * early ends the stream.
 *
 * @param count at least 1.
 */
export async function* readAhead<Item>(
  items: AsyncIterable<Item>,
  count: number,
): AsyncGenerator<Item, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const ready: Promise<IteratorResult<Item>>[] = [];
  // One at a time: an asynchronous generator queues its calls anyway.
  const pull = (): void => {
    while (ready.length < count) {
      const next = iterator.next();
      // Whoever reads gets the error; until then it must not count as unhandled.
      next.catch(() => undefined);
      ready.push(next);
    }
  };
  try {
    for (;;) {
      pull();
      const next = await ready.shift();
      if (next === undefined || next.done === true) return;
      pull();
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
