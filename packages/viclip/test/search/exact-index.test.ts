import { describe, expect, it } from '@jest/globals';

import { exactIndex, type ExactIndex } from '../../src/index.js';

function filled(entries: Readonly<Record<string, readonly number[]>>): ExactIndex {
  const index = exactIndex(2);
  for (const [id, vector] of Object.entries(entries)) index.add(id, Float32Array.from(vector));
  return index;
}

const query = Float32Array.of(1, 0);

describe('exactIndex', () => {
  it('gives the most similar first, by the angle and not by the length', () => {
    const index = filled({ far: [0, 9], near: [0.5, 0.1], opposite: [-3, 0], same: [100, 0] });
    const matches = index.search(query, { limit: 10 });
    expect(matches.map(({ id }) => id)).toEqual(['same', 'near', 'far', 'opposite']);
    expect(matches[0]?.similarity).toBeCloseTo(1, 6);
    expect(matches[3]?.similarity).toBeCloseTo(-1, 6);
  });

  it('orders equal similarities by id, whatever order they came in', () => {
    const forwards = filled({ a: [1, 1], b: [1, 1], c: [1, 1] });
    const backwards = filled({ c: [1, 1], b: [1, 1], a: [1, 1] });
    for (const index of [forwards, backwards]) {
      expect(index.search(query, { limit: 2 }).map(({ id }) => id)).toEqual(['a', 'b']);
      expect(index.rank(query, 'c')).toBe(3);
    }
  });

  it('searches only where the predicate says so', () => {
    const index = filled({ a: [1, 0], b: [1, 1], c: [0, 1] });
    const matches = index.search(query, { limit: 2, where: (id) => id !== 'a' });
    expect(matches.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('agrees with sorting all entries, through every growth of its memory', () => {
    const index = exactIndex(3);
    const vectors = new Map<string, Float32Array>();
    for (let number = 0; number < 3000; number++) {
      const vector = Float32Array.of(
        Math.sin(number),
        Math.cos(number * 3),
        Math.sin(number * 7) + 0.01,
      );
      vectors.set(`clip-${number}`, vector);
      index.add(`clip-${number}`, vector);
    }
    const wanted = Float32Array.of(0.3, -0.5, 0.8);
    const sorted = [...vectors]
      .sort(([, a], [, b]) => cosine(b, wanted) - cosine(a, wanted))
      .map(([id]) => id);
    expect(index.size).toBe(3000);
    expect(index.search(wanted, { limit: 20 }).map(({ id }) => id)).toEqual(sorted.slice(0, 20));
    expect(sorted.slice(0, 50).map((id) => index.rank(wanted, id))).toEqual(
      Array.from({ length: 50 }, (_, place) => place + 1),
    );
  });

  it('finds nothing in an empty index', () => {
    expect(exactIndex(2).search(query, { limit: 5 })).toEqual([]);
  });

  it('refuses what it cannot compare', () => {
    const index = filled({ a: [1, 0] });
    expect(() => index.add('a', query)).toThrow(/"a" is in the index already/);
    expect(() => index.add('b', Float32Array.of(1, 2, 3))).toThrow(/2 numbers, got 3/);
    expect(() => index.add('b', Float32Array.of(0, 0))).toThrow(/not all zero/);
    expect(() => index.search(Float32Array.of(Number.NaN, 1), { limit: 1 })).toThrow(/finite/);
    expect(() => index.search(query, { limit: 0 })).toThrow(/options.limit/);
    expect(() => index.rank(query, 'b')).toThrow(/"b" is not in the index/);
    expect(index.size).toBe(1);
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot / Math.hypot(...a) / Math.hypot(...b);
}
