import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { clipSearch } from '../../src/search/clip-search.js';
import { fullTextIndex } from '../../src/search/full-text.js';
import { fuseRankings } from '../../src/search/fuse-rankings.js';
import { writeVectorFile } from '../../src/search/vector-file.js';
import { openVectorIndex, type VectorIndex } from '../../src/search/vector-index.js';
import { colourEncoder } from '../colour-encoder.js';
import { plain } from '../shared-files.js';

const COLOURS = {
  'clip-red': [220, 20, 20],
  'clip-green': [20, 220, 20],
  'clip-blue': [20, 20, 220],
  'clip-pink': [220, 120, 140],
} as const;

describe('clipSearch', () => {
  const encoder = colourEncoder();
  let folder: string;
  let clips: VectorIndex;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'search-'));
    const path = join(folder, 'clips.safetensors');
    const entries = async function* () {
      for (const [id, colour] of Object.entries(COLOURS)) {
        const [vector = new Float32Array()] = await encoder.embedClips([[plain(colour)]]);
        yield { id, vector };
      }
    };
    await writeVectorFile(path, entries(), { dimension: 16, by: encoder.producer });
    clips = await openVectorIndex(path);
  });
  afterAll(async () => {
    await clips[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const ids = (matches: readonly { readonly id: string }[]): readonly string[] =>
    matches.map(({ id }) => id);

  it('finds clips by a description of what is seen', async () => {
    const search = clipSearch({ encoder, clips });
    const matches = await search.search({ text: 'Blue!' }, { limit: 2 });
    expect(ids(matches)[0]).toBe('clip-blue');
    expect(matches[0]?.similarity).toBeGreaterThan(0.9);
  });

  it('finds clips like a clip, without that clip, and like a picture', async () => {
    const search = clipSearch({ encoder, clips });
    const like = await search.search({ clip: 'clip-red' }, { limit: 1 });
    expect(ids(like)).toEqual(['clip-pink']);
    const picture = plain([0, 255, 0], { width: 40, height: 30 });
    expect(ids(await search.search({ picture }, { limit: 1 }))).toEqual(['clip-green']);
    await expect(search.search({ clip: 'clip-grey' }, { limit: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('puts what is seen and what captions say together', async () => {
    const captions = fullTextIndex();
    captions.add('clip-green', 'a lawn, next to something red');
    captions.add('clip-red', 'a fire engine');
    captions.add('clip-blue', 'the sea');
    const search = clipSearch({ encoder, clips, captions });
    const matches = await search.search({ text: 'red' }, { limit: 4 });
    expect(ids(matches)[0]).toBe('clip-green');
    expect(matches[0]?.captionRank).toBe(1);
    expect(matches[1]).toMatchObject({ id: 'clip-red' });
    expect(matches[1]).not.toHaveProperty('captionRank');
    const where = (id: string): boolean => id !== 'clip-green';
    expect(ids(await search.search({ text: 'red' }, { limit: 2, where }))[0]).toBe('clip-red');
  });

  it('refuses vectors of another encoder, and a blank text', async () => {
    const other = colourEncoder({ producer: { name: 'colours', version: '2', config: {} } });
    expect(() => clipSearch({ encoder: other, clips })).toThrow(/other settings or weights/);
    await expect(
      clipSearch({ encoder, clips }).search({ text: ' ?' }, { limit: 1 }),
    ).rejects.toThrow(/blank/);
  });
});

describe('fullTextIndex', () => {
  const index = fullTextIndex();
  index.add('a', 'A dog runs on the beach, the dog barks.');
  index.add('b', 'A dog sleeps.');
  index.add('c', 'Two CATS sit on a sofa; café “Zoë”.');
  index.add('c', 'A dog looks at them.');

  it('weighs how often and how rarely words come, and how long the texts are', () => {
    const [first, second, third] = index.search('dog', { limit: 5 });
    expect([first?.id, second?.id, third?.id]).toEqual(['b', 'a', 'c']);
    // Worked out by hand: 3 texts, all with the word; 9, 3 and 13 words, 25 / 3 on average.
    const rarity = Math.log(1 + 0.5 / 3.5);
    const weight = (count: number, words: number): number =>
      (count * 2.2) / (count + 1.2 * (0.25 + (0.75 * words * 3) / 25));
    expect(first?.score).toBeCloseTo(rarity * weight(1, 3), 6);
    expect(second?.score).toBeCloseTo(rarity * weight(2, 9), 6);
    expect(index.search('dog sofa', { limit: 1 })[0]?.id).toBe('c');
  });

  it('compares words without regard to case, accents written in two ways and marks beside them', () => {
    expect(index.search('CAFE\u0301', { limit: 3 }).map(({ id }) => id)).toEqual(['c']);
    expect(index.search('cats zoë', { limit: 3 })).toHaveLength(1);
  });

  it('finds nothing for unknown words, and only where it may', () => {
    expect(index.search('zebra', { limit: 3 })).toEqual([]);
    expect(index.search('  ', { limit: 3 })).toEqual([]);
    expect(index.search('constructor', { limit: 3 })).toEqual([]);
    expect(index.search('dog', { limit: 3, where: (id) => id === 'c' })).toHaveLength(1);
  });
});

describe('fuseRankings', () => {
  it('adds up the reciprocals of the ranks', () => {
    expect(
      fuseRankings([
        ['a', 'b'],
        ['b', 'c'],
      ]),
    ).toEqual([
      { id: 'b', score: 1 / 62 + 1 / 61, ranks: [2, 1] },
      { id: 'a', score: 1 / 61, ranks: [1, undefined] },
      { id: 'c', score: 1 / 62, ranks: [undefined, 2] },
    ]);
  });
});
