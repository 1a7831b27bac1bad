import { describe, expect, it } from '@jest/globals';

import { bandIndex, type BandIndex } from '../../../src/dedup/perceptual/band-index.js';
import { HASH_WORDS } from '../../../src/dedup/perceptual/frame-hash.js';
import { randomOf, randomPictures, withTurnedBits } from '../made-up-hashes.js';

const COUNT = 2_000;

/** The slowest 192 waves, every eighth of them in one band. */
const BANDS_OF_BITS = Array.from({ length: 8 }, (_, band) =>
  Array.from({ length: 255 }, (_, at) => at + 1)
    .sort((a, b) => (a >>> 4) + (a & 15) - (b >>> 4) - (b & 15) || a - b)
    .slice(0, 192)
    .filter((_, at) => at % 8 === band),
);

function indexOf(
  words: Uint32Array,
  entries: number,
  order: Uint32Array = Uint32Array.from({ length: entries }, (_, at) => at),
): BandIndex {
  const each = (enter: (words: Uint32Array, at: number) => void): void => {
    for (let entry = 0; entry < entries; entry++) enter(words, entry * HASH_WORDS);
  };
  return bandIndex({ entries, each, order });
}

describe('an index of hashes', () => {
  const words = randomPictures(randomOf(1), COUNT);
  const index = indexOf(words, COUNT);

  const near = (of: Uint32Array, picture: number) => {
    const found = new Set<number>();
    index.visitNear(of, picture * HASH_WORDS, (entry) => found.add(entry));
    return found;
  };

  it('finds every hash that differs in fewer bits than there are bands', () => {
    for (let bits = 0; bits < 8; bits++) {
      const copies = withTurnedBits(words, bits, randomOf(bits + 2));
      for (let entry = 0; entry < COUNT; entry++) expect(near(copies, entry)).toContain(entry);
    }
  });

  it('looks at few of those that have nothing to do with it', () => {
    const others = randomPictures(randomOf(99), COUNT);
    let looked = 0;
    for (let at = 0; at < COUNT; at++) looked += near(others, at).size;
    // Eight slots, each with one or two of the 2,000 entries, of which one in eleven has a signature like it.
    expect(looked / COUNT).toBeLessThan(2);
  });

  it('gives those first that come first where very many are alike, and stops', () => {
    const many = 3_000;
    const same = new Uint32Array(many * HASH_WORDS);
    for (let entry = 0; entry < many; entry++)
      same.set(words.subarray(0, HASH_WORDS), entry * HASH_WORDS);
    const order = Uint32Array.from({ length: many }, (_, at) => many - 1 - at);
    const found: number[] = [];
    indexOf(same, many, order).visitNear(words, 0, (entry) => found.push(entry));
    expect(found.slice(0, 3)).toEqual([2999, 2998, 2997]);
    expect(new Set(found).size).toBe(512);
  });

  it('meets copies that are changed as much as copies may be almost as often as they share a band', () => {
    const random = randomOf(7);
    const copies = withTurnedBits(words, 20, random);
    let [sharing, met] = [0, 0];
    for (let entry = 0; entry < COUNT; entry++) {
      if (!sharesBand(entry, copies)) continue;
      sharing++;
      if (near(copies, entry).has(entry)) met++;
    }
    expect(sharing).toBeGreaterThan(COUNT / 4);
    expect(met / sharing).toBeGreaterThan(0.98);
  });

  /** Whether an index of this hash alone, which no other crowds, leads to it from the copy when signatures do not count. */
  function sharesBand(entry: number, copies: Uint32Array): boolean {
    const one = words.slice(entry * HASH_WORDS, (entry + 1) * HASH_WORDS);
    const other = copies.slice(entry * HASH_WORDS, (entry + 1) * HASH_WORDS);
    return BANDS_OF_BITS.some((bits) =>
      bits.every((bit) => (((one[bit >>> 5]! ^ other[bit >>> 5]!) >>> (bit & 31)) & 1) === 0),
    );
  }
});
