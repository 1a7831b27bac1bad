import { describe, expect, it } from '@jest/globals';

import {
  captionsTable,
  drop,
  flatMapStage,
  from,
  localExecutor,
  mapStage,
  readManifest,
  readStepTable,
  rejectsTable,
  step,
  stepsSource,
  tableSink,
  ToolkitError,
  type Caption,
  type RunEvent,
  type Source,
  type Step,
  type Store,
} from '@internvid/core';
import { memoryStore, storeThatDiesAt } from '@internvid/core/testing';

type Item = { readonly id: string; readonly text: string };
type Shards = { readonly [shard: string]: readonly string[] };

const by = { name: 'test', version: '1', config: {} };

function wordsSource(shards: Shards): Source<Item> {
  return {
    name: 'words',
    version: 1,
    config: {},
    async *shards() {
      for (const [id, words] of Object.entries(shards)) yield { id, input: { words } };
    },
    async *read(shard) {
      const words = shards[shard.id] ?? [];
      yield* words.map((text, index) => ({ id: `${shard.id}-${index}`, text }));
    },
  };
}

function captionStep(
  shards: Shards,
  options: { prefix?: string; failOn?: (text: string) => Error | undefined } = {},
): Step<Caption> {
  const caption = mapStage({
    name: 'caption',
    version: 1,
    config: { prefix: options.prefix ?? '' },
    map: (item: Item, { config }) => {
      const error = options.failOn?.(item.text);
      if (error !== undefined) throw error;
      if (item.text.length < 3) return drop('too-short');
      return {
        clip: item.id,
        scale: 'coarse',
        text: config.prefix + item.text,
        language: 'en',
        framesSha256: '',
        by,
      } satisfies Caption;
    },
  });
  return step('caption', from(wordsSource(shards)).through(caption), tableSink(captionsTable));
}

async function textsOf(store: Store, made: Step): Promise<string[]> {
  const texts: string[] = [];
  for await (const row of readStepTable(store, made, captionsTable)) texts.push(row.text);
  return texts;
}

async function contentsOf(store: Store): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const { key } of store.list('')) {
    if (!key.startsWith('timings/'))
      contents[key] = Buffer.from(await store.read(key)).toString('base64');
  }
  return contents;
}

const executor = localExecutor({ concurrency: 2 });
const eight: Shards = Object.fromEntries(
  Array.from({ length: 8 }, (_, shard) => [
    `shard-${shard}`,
    ['cat', 'a', `word${shard}`, 'horse'],
  ]),
);

describe('a run', () => {
  it('writes the rows that are kept and says what became of every input', async () => {
    const store = memoryStore();
    const made = captionStep(
      { one: ['cat', 'ox', 'horse'], two: ['ape'] },
      {
        failOn: (text) => (text === 'ape' ? new ToolkitError('unreadable', 'No apes.') : undefined),
      },
    );
    const report = await executor.run(made, { store });
    expect(await textsOf(store, made)).toEqual(['cat', 'horse']);
    expect(report).toMatchObject({ ran: 2, skipped: 0, broken: [] });
    expect(report.totals.stages).toEqual([
      { stage: 'words', in: 4, kept: 4, dropped: {}, failed: {}, out: 4 },
      {
        stage: 'caption',
        in: 4,
        kept: 2,
        dropped: { 'too-short': 1 },
        failed: { unreadable: 1 },
        out: 2,
      },
    ]);
    const rejects = [];
    for await (const reject of readStepTable(store, made, rejectsTable)) rejects.push(reject);
    expect(rejects).toEqual([
      {
        id: 'one-1',
        stage: 'caption',
        outcome: 'dropped',
        reason: 'too-short',
        message: '',
        isRetryable: false,
        record: { id: 'one-1', text: 'ox' },
      },
      {
        id: 'two-0',
        stage: 'caption',
        outcome: 'failed',
        reason: 'unreadable',
        message: 'No apes.',
        isRetryable: false,
        record: { id: 'two-0', text: 'ape' },
      },
    ]);
  });

  it('does nothing the second time', async () => {
    const store = memoryStore();
    await executor.run(captionStep(eight), { store });
    const before = await contentsOf(store);
    const events: RunEvent[] = [];
    const report = await executor.run(captionStep(eight), {
      store,
      onEvent: (event) => events.push(event),
    });
    expect(report).toMatchObject({ ran: 0, skipped: 8 });
    expect(report.totals.shards).toBe(8);
    expect(await contentsOf(store)).toEqual(before);
    expect(events.map(({ type }) => type)).toEqual(['step-started', 'step-finished']);
  });

  it('takes up a growing source without touching what is done', async () => {
    const store = memoryStore();
    await executor.run(captionStep({ b: ['cat'] }), { store });
    const report = await executor.run(captionStep({ a: ['dog'], b: ['cat'], c: ['fox'] }), {
      store,
    });
    expect(report).toMatchObject({ ran: 2, skipped: 1 });
  });

  it('makes a shard again when its input changed, under the same id', async () => {
    const store = memoryStore();
    const first = captionStep({ a: ['cat'], b: ['dog'] });
    await executor.run(first, { store });
    const report = await executor.run(captionStep({ a: ['lion'], b: ['dog'] }), { store });
    expect(report).toMatchObject({ ran: 1, skipped: 1 });
    expect(await textsOf(store, first)).toEqual(['lion', 'dog']);
  });

  it('makes everything again under a new fingerprint when a setting changed', async () => {
    const store = memoryStore();
    const first = captionStep(eight);
    const second = captionStep(eight, { prefix: 'the ' });
    await executor.run(first, { store });
    const report = await executor.run(second, { store });
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(report.ran).toBe(8);
    expect((await readManifest(store)).steps.caption?.fingerprint).toBe(second.fingerprint);
  });

  it('tries again what may pass, and leaves alone what will not', async () => {
    const store = memoryStore();
    const shards = { a: ['cat'], b: ['dog'], c: ['fox'] };
    const failOn = (text: string): Error | undefined =>
      text === 'cat'
        ? new ToolkitError('network', 'Busy.', { retryable: true })
        : text === 'dog'
          ? new ToolkitError('unreadable', 'Never.')
          : undefined;
    await executor.run(captionStep(shards, { failOn }), { store });
    const second = await executor.run(captionStep(shards), { store });
    expect(second).toMatchObject({ ran: 1, skipped: 2 });
    const third = await executor.run(captionStep(shards), { store, retry: 'all' });
    expect(third).toMatchObject({ ran: 1, skipped: 2 });
    expect(third.totals.stages[1]).toMatchObject({ kept: 3, failed: {} });
  });

  it('removes the rejects of a shard that has none any more', async () => {
    const store = memoryStore();
    const made = captionStep(
      { a: ['cat'] },
      { failOn: () => new ToolkitError('network', 'Busy.', { retryable: true }) },
    );
    await executor.run(made, { store });
    await executor.run(captionStep({ a: ['cat'] }), { store });
    const keys = Object.keys(await contentsOf(store));
    expect(keys.some((key) => key.includes('rejects'))).toBe(false);
  });

  it('stops when more fails than is allowed, and keeps what is done', async () => {
    const store = memoryStore();
    const made = captionStep(eight, {
      failOn: (text) => (text === 'cat' ? new Error('no cats') : undefined),
    });
    await expect(executor.run(made, { store, maxFailures: 2 })).rejects.toMatchObject({
      code: 'too-many-failures',
    });
    const again = await executor.run(made, { store });
    expect(again.skipped).toBeGreaterThanOrEqual(3);
    expect(again.skipped + again.ran).toBe(8);
  });

  it('refuses to commit a shard whose stage loses an input', async () => {
    const store = memoryStore();
    const lossy = {
      name: 'lossy',
      version: 1,
      config: {},
      async *process(inputs: AsyncIterable<Item>): AsyncGenerator<Caption> {
        for await (const { id, text } of inputs) {
          if (text !== 'a')
            yield { clip: id, scale: 'coarse', text, language: 'en', framesSha256: '', by };
        }
      },
    };
    const made = step('caption', from(wordsSource(eight)).through(lossy), tableSink(captionsTable));
    await expect(executor.run(made, { store })).rejects.toMatchObject({ code: 'accounting' });
    expect(
      Object.keys(await contentsOf(store)).filter((key) => key.startsWith('reports/')),
    ).toEqual([]);
  });

  it('ends at an abort with nothing half done', async () => {
    const store = memoryStore();
    const abort = new AbortController();
    const made = captionStep(eight);
    const running = executor.run(made, {
      store,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.type === 'shard-finished') abort.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    await executor.run(made, { store });
    const unbroken = memoryStore();
    await executor.run(made, { store: unbroken });
    expect(await contentsOf(store)).toEqual(await contentsOf(unbroken));
  });

  it('ends with the same bytes whichever write it died at', async () => {
    const made = captionStep(eight, {
      failOn: (text) => (text === 'word3' ? new Error('no') : undefined),
    });
    const unbroken = memoryStore();
    await executor.run(made, { store: unbroken });
    const expected = await contentsOf(unbroken);
    for (let moment = 0; moment < 34; moment += 1) {
      const store = memoryStore();
      const dying = storeThatDiesAt(moment, store, () => {
        throw new ToolkitError('store-failed', 'killed');
      });
      await executor.run(made, { store: dying }).catch(() => undefined);
      await executor.run(made, { store });
      expect(await contentsOf(store)).toEqual(expected);
    }
  });

  it('can be run twice at once on one dataset', async () => {
    const store = memoryStore();
    const made = captionStep(eight);
    await Promise.all([executor.run(made, { store }), executor.run(made, { store })]);
    const alone = memoryStore();
    await executor.run(made, { store: alone });
    expect(await contentsOf(store)).toEqual(await contentsOf(alone));
  });

  it('is content with an empty source', async () => {
    const report = await executor.run(captionStep({}), { store: memoryStore() });
    expect(report).toMatchObject({ ran: 0, skipped: 0 });
    expect(report.totals).toMatchObject({ shards: 0, stages: [] });
  });
});

describe('a step over an earlier step', () => {
  const upper = (first: Step): Step<Caption> =>
    step(
      'upper',
      from(
        stepsSource({
          name: 'read-captions',
          version: 1,
          steps: [first],
          async *read(rows) {
            for await (const row of rows(first, captionsTable)) yield { id: row.clip, ...row };
          },
        }),
      ).through(
        flatMapStage({
          name: 'upper',
          version: 1,
          config: {},
          *flatMap({ id: _, ...caption }: Caption & { id: string }) {
            yield { ...caption, text: caption.text.toUpperCase() };
          },
        }),
      ),
      tableSink(captionsTable),
    );

  it('keeps the shard ids and reads what was kept', async () => {
    const store = memoryStore();
    const first = captionStep({ a: ['cat', 'x'], b: ['dog'] });
    await executor.run(first, { store });
    await executor.run(upper(first), { store });
    expect(await textsOf(store, upper(first))).toEqual(['CAT', 'DOG']);
  });

  it('makes again only the shards whose rows were made again', async () => {
    const store = memoryStore();
    const first = captionStep({ a: ['cat'], b: ['dog'] });
    await executor.run(first, { store });
    await executor.run(upper(first), { store });
    const changed = captionStep({ a: ['cat'], b: ['wolf'] });
    await executor.run(changed, { store });
    const report = await executor.run(upper(changed), { store });
    expect(report).toMatchObject({ ran: 1, skipped: 1 });
    expect(await textsOf(store, upper(first))).toEqual(['CAT', 'WOLF']);
  });

  it('gets another fingerprint when the earlier step does', () => {
    const shards = { a: ['cat'] };
    expect(upper(captionStep(shards)).fingerprint).not.toBe(
      upper(captionStep(shards, { prefix: 'a ' })).fingerprint,
    );
  });
});
