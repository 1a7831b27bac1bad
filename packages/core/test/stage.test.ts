import { describe, expect, it } from '@jest/globals';

import {
  batchStage,
  drop,
  flatMapStage,
  mapStage,
  ToolkitError,
  type Stage,
} from '@internvid/core';
import { runStage } from '@internvid/core/testing';

type Item = { readonly id: string; readonly value: number };

const items = (...values: number[]): Item[] =>
  values.map((value) => ({ id: `item-${value}`, value }));

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('mapStage', () => {
  it('hands on results in input order although later inputs finish first', async () => {
    const stage = mapStage({
      name: 'wait',
      version: 1,
      config: {},
      concurrency: 4,
      map: async (item: Item) => {
        await later(40 - item.value * 10);
        return item.value;
      },
    });
    const result = await runStage(stage, items(0, 1, 2, 3));
    expect(result.outputs).toEqual([0, 1, 2, 3]);
    expect(result.kept).toBe(4);
  });

  it('counts a drop under its reason and an error under its code', async () => {
    const stage = mapStage({
      name: 'judge',
      version: 1,
      config: { least: 2 },
      map: (item: Item, { config }) => {
        if (item.value === 9) throw new ToolkitError('unreadable', 'Nine cannot be read.');
        return item.value < config.least ? drop('too-small') : item.value;
      },
    });
    const result = await runStage(stage, items(1, 2, 9, 3));
    expect(result.outputs).toEqual([2, 3]);
    expect(result.dropped).toEqual([{ id: 'item-1', reason: 'too-small' }]);
    expect(result.failed).toEqual([{ id: 'item-9', code: 'unreadable' }]);
    expect(result.kept).toBe(2);
  });

  it('counts an error of its own function as internal instead of ending the run', async () => {
    const stage = mapStage({
      name: 'slip',
      version: 1,
      config: {},
      map: (item: Item) => {
        if (item.value === 1) throw new TypeError('undefined is not a function');
        return item.value;
      },
    });
    const result = await runStage(stage, items(0, 1, 2));
    expect(result.failed).toEqual([{ id: 'item-1', code: 'internal' }]);
    expect(result.outputs).toEqual([0, 2]);
  });

  it('stops at an error that no other input would escape', async () => {
    const stage = mapStage({
      name: 'needs-model',
      version: 1,
      config: {},
      map: () => {
        throw new ToolkitError('missing-dependency', 'npm install the-model');
      },
    });
    await expect(runStage(stage, items(0, 1))).rejects.toMatchObject({
      code: 'missing-dependency',
    });
  });

  it('works on no more inputs at once than it may', async () => {
    let running = 0;
    let most = 0;
    const stage = mapStage({
      name: 'count',
      version: 1,
      config: {},
      concurrency: 3,
      map: async (item: Item) => {
        running += 1;
        most = Math.max(most, running);
        await later(5);
        running -= 1;
        return item.value;
      },
    });
    await runStage(stage, items(...Array.from({ length: 20 }, (_, index) => index)));
    expect(most).toBe(3);
  });
});

describe('flatMapStage', () => {
  const twice = (concurrency: number): Stage<Item, number> =>
    flatMapStage({
      name: 'twice',
      version: 1,
      config: {},
      concurrency,
      async *flatMap(item: Item) {
        yield item.value;
        await later(1);
        if (item.value === 2) yield drop('even');
        if (item.value === 3) throw new ToolkitError('decode-failed', 'Three is damaged.');
        yield item.value * 10;
      },
    });

  it('hands outputs on as they come and keeps those that came before a drop or an error', async () => {
    const result = await runStage(twice(1), items(1, 2, 3, 4));
    expect(result.outputs).toEqual([1, 10, 2, 3, 4, 40]);
    expect(result.kept).toBe(2);
    expect(result.dropped).toEqual([{ id: 'item-2', reason: 'even' }]);
    expect(result.failed).toEqual([{ id: 'item-3', code: 'decode-failed' }]);
  });

  it('discards the outputs of a rejected input when several are worked on at once', async () => {
    const result = await runStage(twice(2), items(1, 2, 3, 4));
    expect(result.outputs).toEqual([1, 10, 4, 40]);
    expect(result.kept).toBe(2);
  });

  it('ends its generator when the consumer stops early', async () => {
    let isReleased = false;
    const stage = flatMapStage({
      name: 'endless',
      version: 1,
      config: {},
      async *flatMap(item: Item) {
        try {
          for (;;) {
            await later(0);
            yield item.value;
          }
        } finally {
          isReleased = true;
        }
      },
    });
    const result = await runStage(stage, items(7), { take: 3 });
    expect(result.outputs).toEqual([7, 7, 7]);
    expect(isReleased).toBe(true);
  });
});

describe('batchStage', () => {
  it('gives every input its own answer', async () => {
    const sizes: number[] = [];
    const stage = batchStage({
      name: 'square',
      version: 1,
      config: {},
      batchSize: 3,
      batch: async (batch: readonly Item[]) => {
        sizes.push(batch.length);
        return batch.map(({ value }) =>
          value === 0
            ? drop('zero')
            : value === 4
              ? new ToolkitError('model-failed', 'No four.')
              : value * value,
        );
      },
    });
    const result = await runStage(stage, items(0, 1, 2, 3, 4, 5, 6));
    expect(sizes).toEqual([3, 3, 1]);
    expect(result.outputs).toEqual([1, 4, 9, 25, 36]);
    expect(result.dropped).toEqual([{ id: 'item-0', reason: 'zero' }]);
    expect(result.failed).toEqual([{ id: 'item-4', code: 'model-failed' }]);
  });

  it('finds the one bad input of a batch that throws', async () => {
    const stage = batchStage({
      name: 'fragile',
      version: 1,
      config: {},
      batchSize: 4,
      batch: async (batch: readonly Item[]) => {
        if (batch.some(({ value }) => value === 2))
          throw new ToolkitError('model-failed', 'Two breaks it.');
        return batch.map(({ value }) => value);
      },
    });
    const result = await runStage(stage, items(0, 1, 2, 3));
    expect(result.outputs).toEqual([0, 1, 3]);
    expect(result.failed).toEqual([{ id: 'item-2', code: 'model-failed' }]);
  });

  it('refuses a batch that answers for fewer inputs than it got', async () => {
    const stage = batchStage({
      name: 'short',
      version: 1,
      config: {},
      batchSize: 2,
      batch: async (batch: readonly Item[]) => batch.slice(1).map(({ value }) => value),
    });
    await expect(runStage(stage, items(0, 1))).rejects.toMatchObject({ code: 'accounting' });
  });
});

describe('drop', () => {
  it('refuses a reason that could not stand in a report', () => {
    expect(() => drop('Too short!')).toThrow(TypeError);
  });
});
