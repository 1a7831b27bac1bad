import { describe, expect, it } from '@jest/globals';

import { mapInOrder } from '@internvid/core';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function* count(to: number, onPull?: (value: number) => void): AsyncGenerator<number> {
  for (let value = 0; value < to; value += 1) {
    onPull?.(value);
    yield value;
  }
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('mapInOrder', () => {
  it('yields in input order and lets the fast run ahead of the slow', async () => {
    const finished: number[] = [];
    const results = await collect(
      mapInOrder(count(8), { concurrency: 2 }, async (value) => {
        await later(value === 0 ? 60 : 1);
        finished.push(value);
        return value;
      }),
    );
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(finished.indexOf(0)).toBeGreaterThan(4);
  });

  it('pulls no more inputs than the window holds', async () => {
    let pulled = 0;
    const results = mapInOrder(
      count(100, () => (pulled += 1)),
      { concurrency: 2, window: 5 },
      async (value) => {
        if (value === 0) await later(30);
        return value;
      },
    );
    await results.next();
    expect(pulled).toBeLessThanOrEqual(7);
    await results.return();
  });

  it('ends with the first error in input order and waits for what is under way', async () => {
    let running = 0;
    const results = mapInOrder(count(10), { concurrency: 3 }, async (value) => {
      running += 1;
      await later(value === 1 ? 1 : 20);
      running -= 1;
      if (value === 1 || value === 2) throw new Error(`no ${value}`);
      return value;
    });
    await expect(collect(results)).rejects.toThrow('no 1');
    expect(running).toBe(0);
  });

  it('passes on an error of its inputs after the results before it', async () => {
    const inputs = async function* (): AsyncGenerator<number> {
      yield 1;
      throw new Error('the source broke');
    };
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const value of mapInOrder(inputs(), { concurrency: 4 }, (value) =>
        Promise.resolve(value),
      )) {
        seen.push(value);
      }
    };
    await expect(run()).rejects.toThrow('the source broke');
    expect(seen).toEqual([1]);
  });

  it('closes its inputs when the consumer stops', async () => {
    let isClosed = false;
    const inputs = async function* (): AsyncGenerator<number> {
      try {
        yield* count(100);
      } finally {
        isClosed = true;
      }
    };
    for await (const value of mapInOrder(inputs(), { concurrency: 2 }, (value) =>
      Promise.resolve(value),
    )) {
      if (value === 3) break;
    }
    expect(isClosed).toBe(true);
  });

  it('refuses a concurrency below one', async () => {
    await expect(
      collect(mapInOrder(count(1), { concurrency: 0 }, (value) => Promise.resolve(value))),
    ).rejects.toThrow(RangeError);
  });
});
