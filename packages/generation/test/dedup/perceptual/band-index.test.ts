import { describe, expect, it } from '@jest/globals';

import { bandIndex } from '../../../src/dedup/perceptual/band-index.js';
import { HASH_WORDS } from '../../../src/dedup/perceptual/frame-hash.js';
import { randomOf, randomPictures, withTurnedBits } from '../made-up-hashes.js';

const COUNT = 2_000;

describe('an index of hashes', () => {
  const words = randomPictures(randomOf(1), COUNT);
  const index = bandIndex(COUNT);
  for (let entry = 0; entry < COUNT; entry++) index.add(words, entry * HASH_WORDS, entry);

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
    // Eight slots, each with about one of the 2,000 entries.
    expect(looked / COUNT).toBeLessThan(16);
  });

  it('gives those entered last first where very many are alike, and stops', () => {
    const many = 3_000;
    const same = bandIndex(many);
    for (let entry = 0; entry < many; entry++) same.add(words, 0, entry);
    const found: number[] = [];
    same.visitNear(words, 0, (entry) => found.push(entry));
    expect(found[0]).toBe(many - 1);
    expect(new Set(found).size).toBe(512);
  });
});
