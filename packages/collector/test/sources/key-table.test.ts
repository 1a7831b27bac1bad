import { describe, expect, it } from '@jest/globals';
import { keyTable } from '../../src/sources/key-table.js';
import { spanStore } from '../../src/sources/span-store.js';

describe('a table of keys', () => {
  it('remembers the last number of each of many keys', () => {
    const table = keyTable();
    for (let index = 0; index < 50_000; index += 1) table.set(`video-${index}`, index);
    for (let index = 0; index < 50_000; index += 2) table.set(`video-${index}`, -index);
    expect(table.size).toBe(50_000);
    expect(table.get('video-40000')).toBe(-40_000);
    expect(table.get('video-40001')).toBe(40_001);
    expect(table.get('video-50000')).toBeUndefined();
    expect(table.get('')).toBeUndefined();
  });
});

describe('a store of stretches', () => {
  it('counts those that begin before an earlier one of their video ends', () => {
    const store = spanStore();
    store.add(1, { startMs: 5000, endMs: 6000 });
    store.add(0, { startMs: 5500, endMs: 5600 });
    store.add(1, { startMs: 0, endMs: 9000 });
    store.add(1, { startMs: 9000, endMs: 9500 });
    store.add(1, { startMs: 8000, endMs: 8500 });
    for (let index = 0; index < 3000; index += 1)
      store.add(2, { startMs: index, endMs: index + 1 });
    expect(store.overlaps()).toBe(2);
  });
});
