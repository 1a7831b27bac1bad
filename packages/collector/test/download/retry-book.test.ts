import { describe, expect, it } from '@jest/globals';
import { ToolkitError } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { downloadError, type DownloadProblem } from '../../src/download/problem.js';
import {
  countDownloadProblems,
  forgetDownloadProblems,
  retryBook,
} from '../../src/download/retry-book.js';

const url = 'http://example.org/a.mp4';
const settings = { maxTries: 5, firstWaitMs: 60_000, rules: 'r1' };
const store = memoryStore();
let keys = 0;

/** Notes a problem under a new key, as so many runs with so many tries each. */
async function noteRuns(problem: DownloadProblem, tries: readonly number[], retryAfterMs?: number) {
  const book = retryBook(store, settings);
  const key = `key-${keys++}`;
  const options = retryAfterMs === undefined ? {} : { retryAfterMs };
  const errors: ToolkitError[] = [];
  for (const count of tries) {
    const error = downloadError(problem, 'It went wrong.', options);
    errors.push(await book.note(key, { url, error, tries: count, earlier: await book.read(key) }));
  }
  const entry = (await book.read(key))!;
  return { book, key, entry, errors, waitMs: (entry.notBefore ?? NaN) - Date.now() };
}

describe('the retry book', () => {
  it('lets a problem that may pass be tried again, after a wait that doubles with each try', async () => {
    const once = await noteRuns('network', [1]);
    expect(once.waitMs).toBeGreaterThan(55_000);
    expect(once.waitMs).toBeLessThanOrEqual(60_000);
    expect(once.book.finalError(once.entry)).toBeUndefined();
    const thrice = await noteRuns('network', [2, 1]);
    expect(thrice.entry.tries).toBe(3);
    expect(thrice.waitMs).toBeGreaterThan(235_000);
    expect(thrice.errors.at(-1)).toMatchObject({ retryable: true });
  });

  it('waits as long as the server asked where that is longer', async () => {
    const { waitMs } = await noteRuns('throttled', [1], 3_600_000);
    expect(waitMs).toBeGreaterThan(3_500_000);
  });

  it('gives up after the last try, with the same error in that run and in every later one', async () => {
    const { book, entry, errors } = await noteRuns('stalled', [3, 2]);
    const last = errors.at(-1)!;
    expect(last).toMatchObject({ code: 'timeout', retryable: false });
    expect(last.message).toBe('It went wrong. Given up after 5 tries.');
    expect(book.finalError(entry)).toMatchObject({ message: last.message, retryable: false });
  });

  it('makes a tombstone of what will never be had', async () => {
    const { book, entry } = await noteRuns('gone', [1]);
    expect(entry.notBefore).toBeUndefined();
    expect(book.finalError(entry)).toMatchObject({ details: { reason: 'gone' }, retryable: false });
  });

  it('does not hold a verdict against a URL under other rules', async () => {
    const { key } = await noteRuns('too-large', [1]);
    expect(await retryBook(store, { ...settings, rules: 'r2' }).read(key)).toBeUndefined();
  });

  it('notes nothing that was no try: a spent budget, an abort, an error of the machine', async () => {
    const book = retryBook(store, settings);
    const errors = [
      downloadError('over-budget', 'Spent.'),
      new ToolkitError('store-failed', 'Full.'),
      new ToolkitError('aborted', 'Stopped.'),
    ];
    for (const error of errors) {
      const tried = { url, error, tries: 1, earlier: undefined };
      expect(await book.note('untried', tried)).toBe(error);
    }
    expect(await book.read('untried')).toBeUndefined();
  });

  it('names an entry that cannot be read', async () => {
    await store.write('downloads/book/bad.json', '{"url":1}');
    await expect(retryBook(store, settings).read('bad')).rejects.toThrow('downloads/book/bad.json');
    await store.remove('downloads/book/bad.json');
  });

  it('counts what it holds, and forgets it', async () => {
    await forgetDownloadProblems(store);
    await noteRuns('gone', [1]);
    await noteRuns('gone', [1]);
    await noteRuns('network', [1]);
    await noteRuns('network', [5]);
    expect(await countDownloadProblems(store)).toEqual({
      settled: { gone: 2, network: 1 },
      waiting: { network: 1 },
    });
    expect(await forgetDownloadProblems(store)).toBe(4);
    expect(await countDownloadProblems(store)).toEqual({ settled: {}, waiting: {} });
  });
});
