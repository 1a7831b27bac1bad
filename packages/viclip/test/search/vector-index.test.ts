import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { exactIndex } from '../../src/search/exact-index.js';
import { fromHalfFloats, toHalfFloats } from '../../src/search/half-floats.js';
import { readVectorFile, writeVectorFile } from '../../src/search/vector-file.js';
import { openVectorIndex } from '../../src/search/vector-index.js';

const by = { name: 'test', version: '1', config: { weights: 'none' } };
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vectors "é" '));
  path = join(folder, 'clips.safetensors');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Pseudo-random entries, the same each time. */
async function* entries(count: number, dimension: number) {
  let state = 7;
  const next = (): number =>
    (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let row = 0; row < count; row++) {
    const vector = Float32Array.from({ length: dimension }, () => next() - 0.5);
    yield { id: `clip ${row} 🎬`, vector };
  }
}

async function write(count: number, dimension: number, format: 'float32' | 'float16' = 'float32') {
  await writeVectorFile(path, entries(count, dimension), { dimension, by, format });
}

describe('openVectorIndex', () => {
  it.each([
    ['float32', 1, 1e-6],
    ['float32', 3, 1e-6],
    ['float16', 2, 2e-4],
  ] as const)(
    'finds what comparing one by one finds: %s, %i threads',
    async (format, threads, near) => {
      const [count, dimension] = [13_000, 40];
      await write(count, dimension, format);
      const plain = exactIndex(dimension);
      for await (const { id, vector } of entries(count, dimension)) plain.add(id, vector);
      await using index = await openVectorIndex(path, { threads });
      expect(index).toMatchObject({ size: count, dimension, by });
      expect(index.bytes).toBe(count * dimension * (format === 'float32' ? 4 : 2));
      const query = Float32Array.from({ length: dimension }, (_, place) => Math.sin(place * place));
      for (const limit of [1, 10, 300]) {
        const expected = plain.search(query, { limit });
        const found = await index.search(query, { limit });
        expect(found).toHaveLength(limit);
        for (const [place, { similarity }] of found.entries()) {
          expect(Math.abs(similarity - expected[place]!.similarity)).toBeLessThan(near);
        }
        if (format === 'float32') {
          expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        }
      }
    },
  );

  it('searches only where the predicate says so, and gives all there is', async () => {
    await write(5000, 16);
    await using index = await openVectorIndex(path, { threads: 2 });
    const query = new Float32Array(16).fill(1);
    const where = (id: string): boolean => id.endsWith('77 🎬');
    const found = await index.search(query, { limit: 100, where });
    expect(found).toHaveLength(50);
    expect(found.every(({ id }) => where(id))).toBe(true);
    expect(await index.search(query, { limit: 9000 })).toHaveLength(5000);
    expect(await index.search(query, { limit: 5, where: () => false })).toEqual([]);
  });

  it.each(['float32', 'float16'] as const)(
    'gives back the vector of an entry (%s)',
    async (format) => {
      await write(100, 24, format);
      await using index = await openVectorIndex(path);
      const vector = await index.vectorOf('clip 42 🎬');
      const [best] = await index.search(vector!, { limit: 1 });
      expect(best?.id).toBe('clip 42 🎬');
      expect(best?.similarity).toBeCloseTo(1, 3);
      expect(await index.vectorOf('clip 100 🎬')).toBeUndefined();
    },
  );

  it('orders equal similarities as the file does, across threads', async () => {
    const same = async function* () {
      for (let row = 0; row < 9000; row++) {
        yield { id: `${9000 - row}`, vector: new Float32Array(8).fill(row % 2 === 0 ? 1 : -1) };
      }
    };
    await writeVectorFile(path, same(), { dimension: 8, by });
    await using index = await openVectorIndex(path, { threads: 3 });
    const found = await index.search(new Float32Array(8).fill(1), { limit: 4000 });
    expect(found.map(({ id }) => Number(id))).toEqual(
      Array.from({ length: 4000 }, (_, place) => 9000 - 2 * place),
    );
  });

  it('answers several searches at once, and none after it was disposed of', async () => {
    await write(5000, 8);
    const index = await openVectorIndex(path);
    const queries = [0, 1, 2].map((place) =>
      Float32Array.from({ length: 8 }, (_, at) => Number(at === place)),
    );
    const together = await Promise.all(queries.map((query) => index.search(query, { limit: 3 })));
    for (const [place, query] of queries.entries()) {
      expect(together[place]).toEqual(await index.search(query, { limit: 3 }));
    }
    const signal = AbortSignal.abort();
    await expect(index.search(queries[0]!, { limit: 1, signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(index.search(new Float32Array(8), { limit: 1 })).rejects.toThrow(/not all zero/);
    await expect(index.search(queries[0]!, { limit: 0 })).rejects.toThrow(/options.limit/);
    await index[Symbol.asyncDispose]();
    await expect(index.search(queries[0]!, { limit: 1 })).rejects.toThrow(/disposed/);
  });

  it('holds nothing where there is nothing', async () => {
    await write(0, 8);
    await using index = await openVectorIndex(path);
    expect(index.size).toBe(0);
    expect(await index.search(new Float32Array(8).fill(1), { limit: 5 })).toEqual([]);
  });
});

describe('writeVectorFile', () => {
  it('writes a file that says what it holds', async () => {
    await write(3, 16);
    expect(await readVectorFile(path)).toMatchObject({
      dimension: 16,
      format: 'float32',
      by,
      ids: ['clip 0 🎬', 'clip 1 🎬', 'clip 2 🎬'],
    });
    const file = await readFile(path);
    const header = JSON.parse(file.subarray(8, 65_536).toString('utf8')) as Record<string, unknown>;
    expect(header['vectors']).toEqual({ dtype: 'F32', shape: [3, 16], data_offsets: [0, 192] });
  });

  it('leaves the old file, and nothing else, when it cannot finish', async () => {
    await write(3, 16);
    const before = await readFile(path);
    const broken = async function* () {
      yield { id: 'a', vector: new Float32Array(16).fill(1) };
      yield { id: 'a', vector: new Float32Array(16).fill(1) };
    };
    await expect(writeVectorFile(path, broken(), { dimension: 16, by })).rejects.toThrow(
      /"a" came before/,
    );
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(['clips.safetensors']);
  });

  it.each([
    ['a line break in an id', { id: 'a\nb', vector: new Float32Array(16).fill(1) }, /line break/],
    ['a zero vector', { id: 'a', vector: new Float32Array(16) }, /not all zero/],
    ['a wrong length', { id: 'a', vector: new Float32Array(8).fill(1) }, /16 numbers, got 8/],
  ])('refuses %s', async (_, entry, message) => {
    const one = async function* () {
      yield entry;
    };
    await expect(writeVectorFile(path, one(), { dimension: 16, by })).rejects.toThrow(message);
    await expect(writeVectorFile(path, one(), { dimension: 12, by })).rejects.toThrow(
      /multiple of 8/,
    );
  });

  it('is refused when it was cut short, is of another kind or is absent', async () => {
    await write(10, 16);
    const { size } = await import('node:fs').then((fs) => fs.statSync(path));
    await truncate(path, size - 5);
    await expect(openVectorIndex(path)).rejects.toMatchObject({ code: 'corrupt' });
    await writeFile(path, Buffer.alloc(200, 0xff));
    await expect(openVectorIndex(path)).rejects.toMatchObject({ code: 'corrupt' });
    await rm(path);
    await expect(openVectorIndex(path)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('half floats', () => {
  it('are the nearest there are, for every one of them and between', () => {
    const all = Uint16Array.from({ length: 0x7c00 }, (_, half) => half);
    const values = fromHalfFloats(all);
    const back = new Uint16Array(all.length);
    toHalfFloats(values, back);
    expect(back).toEqual(all);
    const between = values.subarray(0, -1).map((value, place) => (value + values[place + 1]!) / 2);
    const rounded = new Uint16Array(between.length);
    toHalfFloats(between, rounded);
    // Halfway between two neighbours the even one is taken.
    expect(rounded).toEqual(Uint16Array.from(rounded, (_, half) => half + (half % 2)));
  });

  it('keep signs, infinities and what is no number', () => {
    const halves = new Uint16Array(5);
    toHalfFloats(Float32Array.of(-1.5, 70_000, -Infinity, Number.NaN, -0), halves);
    expect(Array.from(fromHalfFloats(halves))).toEqual([-1.5, Infinity, -Infinity, Number.NaN, -0]);
  });
});
