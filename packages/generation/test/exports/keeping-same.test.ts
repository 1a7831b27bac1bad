import type { Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import { keepingSame } from '../../src/exports/keeping-same.js';

async function* inChunks(text: string, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += length) {
    await Promise.resolve();
    yield Buffer.from(text.slice(at, at + length));
  }
}

/** A store that holds `old` in pieces of four bytes, and how often it was written to. */
async function holding(old: string): Promise<{ store: Store; writes: () => number }> {
  const memory = memoryStore();
  await memory.write('a', old);
  let writes = 0;
  const store: Store = {
    ...memory,
    stream: () => inChunks(old, 4),
    write(key, body, signal) {
      writes++;
      return memory.write(key, body, signal);
    },
  };
  return { store, writes: () => writes };
}

describe('keepingSame', () => {
  it.each([
    ['the same bytes', 'abcdefghijk', 'abcdefghijk', 0],
    ['nothing where there was nothing', '', '', 0],
    ['what a cut-off file lacks', 'abcdefg', 'abcdefghijk', 1],
    ['a file that ends at the end of a chunk', 'abcdefgh', 'abcdefghijk', 1],
    ['less than was there', 'abcdefghijk', 'abcdef', 1],
    ['other bytes at the start', 'Xbcdefghijk', 'abcdefghijk', 1],
    ['another byte in the middle', 'abcdefXhijk', 'abcdefghijk', 1],
    ['another byte at the end', 'abcdefghijX', 'abcdefghijk', 1],
    ['nothing over something', 'abc', '', 1],
    ['something over nothing', '', 'abc', 1],
  ])('writes %s as it should be, in chunks of any length', async (_, old, text, times) => {
    for (const length of [1, 3, 4, 100]) {
      const { store, writes } = await holding(old);
      const info = await keepingSame(store).write('a', inChunks(text, length));
      expect(info).toEqual({ key: 'a', bytes: text.length });
      expect(Buffer.from(await store.read('a')).toString()).toBe(text);
      expect(writes()).toBe(times);
    }
  });

  it('leaves the old object where the new bytes fail to come, and lets go of them', async () => {
    const { store } = await holding('abcdefgh');
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield* inChunks('abcdX', 2);
      throw new Error('no more');
    };
    await expect(keepingSame(store).write('a', body())).rejects.toThrow('no more');
    expect(Buffer.from(await store.read('a')).toString()).toBe('abcdefgh');
  });
});
