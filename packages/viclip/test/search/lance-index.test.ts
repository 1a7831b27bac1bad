import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { exactIndex } from '../../src/search/exact-index.js';
import { openLanceIndex } from '../../src/search/lance-index.js';
import { loadLance } from '../../src/search/lance-module.js';
import { writeLanceIndex } from '../../src/search/write-lance-index.js';

const by = { name: 'test', version: '1', config: { weights: 'none "é"' } };
const lancedb = await loadLance().catch(() => undefined);
const withLance = lancedb === undefined ? it.skip : it;
const withoutLance = lancedb === undefined ? it : it.skip;
const SKIPPED = '[skipped where @lancedb/lancedb is not installed]';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'lance-'));
  folder = join(parent, 'vectors "é" #1 100% ?');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Pseudo-random entries around 40 directions, the same each time. */
async function* entries(count: number, dimension: number) {
  const next = numbers(7);
  const centres = Array.from({ length: 40 }, () =>
    Float32Array.from({ length: dimension }, () => next() - 0.5),
  );
  for (let row = 0; row < count; row++) {
    const centre = centres[Math.floor(next() * centres.length)]!;
    yield { id: idOf(row), vector: centre.map((value) => value + 0.5 * (next() - 0.5)) };
  }
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

const idOf = (row: number): string => `clip's "${row}"\\ 🎬\n`;

async function write(count: number, dimension: number): Promise<void> {
  await writeLanceIndex(folder, entries(count, dimension), { dimension, by });
}

async function exactly(count: number, dimension: number) {
  const index = exactIndex(dimension);
  for await (const { id, vector } of entries(count, dimension)) index.add(id, vector);
  return index;
}

describe('openLanceIndex', () => {
  withLance(`finds what comparing one by one finds among few vectors ${SKIPPED}`, async () => {
    const [count, dimension] = [9000, 40];
    await write(count, dimension);
    const plain = await exactly(count, dimension);
    await using index = await openLanceIndex({ folder });
    expect(index).toMatchObject({ size: count, dimension, by, bytes: 0 });
    const query = Float32Array.from({ length: dimension }, (_, place) => Math.sin(place * place));
    for (const limit of [1, 10, 300]) {
      const expected = plain.search(query, { limit });
      const found = await index.search(query, { limit });
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      for (const [place, { similarity }] of found.entries()) {
        expect(similarity).toBeCloseTo(expected[place]!.similarity, 5);
      }
    }
    expect(await index.search(query, { limit: 9999 })).toHaveLength(count);
  });

  withLance(
    `finds nearly all of the best ten, all that a filter leaves, and every vector among many ${SKIPPED}`,
    async () => {
      const [count, dimension] = [21_000, 32];
      await write(count, dimension);
      expect(await readdir(join(folder, 'vectors.lance', '_indices'))).toHaveLength(2);
      const plain = await exactly(count, dimension);
      await using index = await openLanceIndex({ folder, probes: 2 });
      const next = numbers(11);
      let hits = 0;
      for (let query = 0; query < 20; query++) {
        const vector = (await index.vectorOf(idOf(query * 1000)))!;
        const moved = vector.map((value) => value + 0.1 * (next() - 0.5));
        const best = new Set(plain.search(moved, { limit: 10 }).map(({ id }) => id));
        const found = await index.search(moved, { limit: 10 });
        hits += found.filter(({ id }) => best.has(id)).length;
      }
      expect(hits).toBeGreaterThan(180);

      const query = (await index.vectorOf(idOf(5)))!;
      const rare = (id: string): boolean => id.includes('777');
      const rarely = plain.search(query, { limit: 100, where: rare });
      expect(rarely.length).toBeGreaterThan(20);
      const found = await index.search(query, { limit: 100, where: rare });
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set(rarely.map(({ id }) => id)));
      expect(await index.search(query, { limit: count, where: () => true })).toHaveLength(count);
      expect(await index.search(query, { limit: 5, where: () => false })).toEqual([]);
      const [first] = await index.search(query, { limit: 1 });
      expect(first?.id).toBe(idOf(5));
      expect(first?.similarity).toBeCloseTo(1, 5);
      expect(await index.vectorOf("' or true --")).toBeUndefined();
    },
  );

  withLance(`orders equal similarities as they were written ${SKIPPED}`, async () => {
    const same = async function* () {
      for (let row = 0; row < 100; row++) {
        yield { id: `${100 - row}`, vector: new Float32Array(8).fill(row % 2 === 0 ? 1 : -1) };
      }
    };
    await writeLanceIndex(folder, same(), { dimension: 8, by });
    await using index = await openLanceIndex({ folder });
    const found = await index.search(new Float32Array(8).fill(1), { limit: 100 });
    const [front, back] = [found.slice(0, 50), found.slice(50)];
    expect(front.map(({ id }) => Number(id))).toEqual(front.map((_, place) => 100 - 2 * place));
    expect(back.map(({ id }) => Number(id))).toEqual(back.map((_, place) => 99 - 2 * place));
  });

  withLance(
    `refuses misuse, stops when told to, and ends with its disposal ${SKIPPED}`,
    async () => {
      await write(50, 8);
      const index = await openLanceIndex({ folder });
      const query = new Float32Array(8).fill(1);
      const signal = AbortSignal.abort();
      await expect(index.search(query, { limit: 1, signal })).rejects.toMatchObject({
        name: 'AbortError',
      });
      await expect(index.search(new Float32Array(8), { limit: 1 })).rejects.toThrow(/not all zero/);
      await expect(index.search(query, { limit: 0 })).rejects.toThrow(/options.limit/);
      const where = (): boolean => {
        throw new RangeError('asked too much');
      };
      await expect(index.search(query, { limit: 1, where })).rejects.toThrow('asked too much');
      await expect(openLanceIndex({ folder, probes: 0 })).rejects.toThrow(/options.probes/);
      await index[Symbol.asyncDispose]();
      await expect(index.search(query, { limit: 1 })).rejects.toThrow(/disposed/);
      await expect(index.vectorOf('a')).rejects.toThrow(/disposed/);
    },
  );

  withLance(`holds nothing where there is nothing ${SKIPPED}`, async () => {
    await write(0, 8);
    await using index = await openLanceIndex({ folder });
    expect(index.size).toBe(0);
    expect(await index.search(new Float32Array(8).fill(1), { limit: 5 })).toEqual([]);
    expect(await index.vectorOf('a')).toBeUndefined();
  });

  withLance(`says that files are missing or broken ${SKIPPED}`, async () => {
    await write(3000, 8);
    const data = join(folder, 'vectors.lance', 'data');
    for (const name of await readdir(data)) await writeFile(join(data, name), 'no data');
    await using index = await openLanceIndex({ folder });
    await expect(index.search(new Float32Array(8).fill(1), { limit: 5 })).rejects.toMatchObject({
      code: 'corrupt',
    });
    await rm(join(folder, 'vectors.lance', '_versions'), { recursive: true });
    await expect(openLanceIndex({ folder })).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('says that there is no index, and makes no folder', async () => {
    await expect(openLanceIndex({ folder })).rejects.toMatchObject({ code: 'not-found' });
    expect(await readdir(parent)).toEqual([]);
  });

  withoutLance('names the command that installs LanceDB where it is missing', async () => {
    await mkdir(join(folder, 'vectors.lance'), { recursive: true });
    const missing = {
      code: 'missing-dependency',
      message: expect.stringContaining('npm install @lancedb/lancedb@0.30.0 apache-arrow@18.1.0'),
    };
    await expect(openLanceIndex({ folder })).rejects.toMatchObject(missing);
    await expect(write(1, 8)).rejects.toMatchObject(missing);
    expect(await readdir(parent)).toHaveLength(1);
  });
});

describe('writeLanceIndex', () => {
  withLance(
    `replaces an index, or leaves it as it was when it cannot finish ${SKIPPED}`,
    async () => {
      await write(30, 8);
      const broken = async function* () {
        yield* entries(20, 8);
        yield* entries(1, 8);
      };
      const options = { dimension: 8, by };
      await expect(writeLanceIndex(folder, broken(), options)).rejects.toThrow(/came before/);
      const signal = AbortSignal.abort();
      await expect(
        writeLanceIndex(folder, entries(9, 8), { ...options, signal }),
      ).rejects.toMatchObject({ name: 'AbortError' });
      await expect(openLanceIndex({ folder })).resolves.toMatchObject({ size: 30 });
      await write(40, 8);
      await expect(openLanceIndex({ folder })).resolves.toMatchObject({ size: 40 });
      expect(await readdir(parent)).toHaveLength(1);
    },
  );

  withLance(`says that it could not write, and leaves nothing ${SKIPPED}`, async () => {
    const disturbed = async function* () {
      yield* entries(10, 8);
      for (const name of await readdir(parent)) {
        await rm(join(parent, name), { recursive: true });
        await writeFile(join(parent, name), 'no folder');
      }
    };
    await expect(writeLanceIndex(folder, disturbed(), { dimension: 8, by })).rejects.toMatchObject({
      code: 'store-failed',
    });
    expect(await readdir(parent)).toEqual([]);
  });

  it('touches no folder that holds anything else', async () => {
    await mkdir(folder);
    await writeFile(join(folder, 'film.mp4'), 'a film');
    await expect(write(1, 8)).rejects.toMatchObject({ code: 'store-failed' });
    await expect(
      writeLanceIndex(join(folder, 'film.mp4'), entries(1, 8), { dimension: 8, by }),
    ).rejects.toMatchObject({ code: 'store-failed' });
    expect(await readdir(folder)).toEqual(['film.mp4']);
  });

  it('wants a dimension that is a multiple of 8', async () => {
    await expect(write(1, 12)).rejects.toThrow(/multiple of 8/);
  });
});
