import { describe, expect, it } from '@jest/globals';
import { sha256, videoId } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';

import {
  readWithdrawals,
  withdraw,
  withdrawnBy,
  type Withdrawal,
} from '../../src/withdraw/withdrawals.js';

const entry = (by: Withdrawal['by'], value: string, reason = 'asked'): Withdrawal => ({
  ...{ by, value, reason, at: '2026-01-31T00:00:00.000Z' },
});

const video = (name: string, content: string, uri = `/films/${name}.mp4`, metadata = {}) => ({
  ...{ id: videoId(name, sha256(content)), uri, metadata },
});

describe('withdrawals', () => {
  it('are kept, each once, with the first reason', async () => {
    const store = memoryStore();
    expect(await readWithdrawals(store)).toEqual([]);
    expect(await withdraw(store, [entry('url', 'https://a.example/1'), entry('video', 'x')])).toBe(
      2,
    );
    expect(await withdraw(store, [entry('video', 'x', 'again'), entry('video', 'b')])).toBe(1);
    expect((await readWithdrawals(store)).map(({ value, reason }) => [value, reason])).toEqual([
      ['https://a.example/1', 'asked'],
      ['b', 'asked'],
      ['x', 'asked'],
    ]);
  });

  it('of several processes at once are all kept, the earlier one of two for one name', async () => {
    const store = memoryStore();
    const late = { ...entry('video', 'both', 'late'), at: '2026-02-01T00:00:00.000Z' };
    const lists = [
      [late, entry('video', 'a')],
      [entry('video', 'both', 'early'), entry('video', 'b')],
      [entry('video', 'c')],
    ];
    await Promise.all(lists.map((list) => withdraw(store, list)));
    const kept = await readWithdrawals(store);
    expect(kept.map(({ value, reason }) => [value, reason])).toEqual([
      ['a', 'asked'],
      ['b', 'asked'],
      ['both', 'early'],
      ['c', 'asked'],
    ]);
  });

  it('hold for the same bytes under any name', () => {
    const isWithdrawn = withdrawnBy([entry('video', video('a film', 'bytes').id)]);
    expect(isWithdrawn(video('another name', 'bytes'))).toBe(true);
    expect(isWithdrawn(video('a film', 'other bytes'))).toBe(false);
    const byHash = withdrawnBy([entry('sha256', sha256('bytes'))]);
    expect(byHash(video('any', 'bytes'))).toBe(true);
    expect(byHash(video('any', 'more'))).toBe(false);
  });

  it('hold for an address, as it was collected or downloaded from', () => {
    const isWithdrawn = withdrawnBy([entry('url', 'https://a.example/1.mp4')]);
    expect(isWithdrawn(video('a', 'a', 'https://a.example/1.mp4'))).toBe(true);
    expect(isWithdrawn(video('b', 'b', '/d/b.mp4', { url: 'https://a.example/1.mp4' }))).toBe(true);
    expect(isWithdrawn(video('c', 'c', '/d/c.mp4', { url: 'https://a.example/2.mp4' }))).toBe(
      false,
    );
  });

  it('are refused where they name nothing', async () => {
    const store = memoryStore();
    for (const wrong of [entry('sha256', 'abc'), entry('video', ' ')])
      await expect(withdraw(store, [wrong])).rejects.toMatchObject({ code: 'invalid-record' });
  });

  it('read a hash in capitals as the same', async () => {
    const store = memoryStore();
    await withdraw(store, [entry('sha256', sha256('bytes').toUpperCase())]);
    expect(withdrawnBy(await readWithdrawals(store))(video('a', 'bytes'))).toBe(true);
  });
});
