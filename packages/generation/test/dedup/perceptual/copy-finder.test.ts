import { describe, expect, it } from '@jest/globals';

import type { ClipHash } from '../../../src/dedup/perceptual/clip-hash.js';
import { copyFinder } from '../../../src/dedup/perceptual/copy-finder.js';
import { HASH_WORDS } from '../../../src/dedup/perceptual/frame-hash.js';
import { clipOf, randomOf, randomPictures, withTurnedBits } from '../made-up-hashes.js';

/** Pictures of a shot: each is like the one before. */
function shot(seed: number, pictures: number): Uint32Array {
  const random = randomOf(seed);
  const words = new Uint32Array(pictures * HASH_WORDS);
  let picture: Uint32Array = randomPictures(random, 1);
  for (let at = 0; at < pictures; at++) {
    words.set(picture, at * HASH_WORDS);
    picture = withTurnedBits(picture, 12, random);
  }
  return words;
}

function stretch(words: Uint32Array, start: number, end: number): Uint32Array {
  return words.slice(start * HASH_WORDS, end * HASH_WORDS);
}

function found(clips: readonly ClipHash[], options = {}) {
  const finder = copyFinder(options);
  clips.forEach((clip) => finder.add(clip));
  return clips.map((clip) => finder.find(clip));
}

describe('finding copies', () => {
  it('never misses an exact copy, whatever it shows, and finds it from either side', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const pictures = shot(seed, 1 + (seed % 40));
      const clips = [
        clipOf('a', pictures),
        clipOf('other', shot(seed + 500, 30)),
        clipOf('b', pictures),
      ];
      const [ofA, ofOther, ofB] = found(clips);
      expect(ofOther).toEqual([]);
      expect(ofA?.map(({ other }) => other)).toEqual([2]);
      expect(ofB?.map(({ other }) => other)).toEqual([0]);
      const whole = { startMs: 0, endMs: (pictures.length / HASH_WORDS) * 250 };
      expect(ofA?.[0]).toMatchObject({ similarity: 1, span: whole, otherSpan: whole });
    }
  });

  it('gives the stretches that two clips share, in the time of each', () => {
    const film = shot(7, 80);
    const [ofA] = found([
      clipOf('a', stretch(film, 0, 48), { startMs: 10_000 }),
      clipOf('b', stretch(film, 24, 80), { startMs: 3_000 }),
    ]);
    expect(ofA).toHaveLength(1);
    expect(ofA?.[0]?.span).toEqual({ startMs: 16_000, endMs: 22_000 });
    expect(ofA?.[0]?.otherSpan).toEqual({ startMs: 3_000, endMs: 9_000 });
  });

  it('follows a copy that plays faster', () => {
    const film = shot(8, 200);
    const faster = new Uint32Array(180 * HASH_WORDS);
    for (let at = 0; at < 180; at++)
      faster.set(stretch(film, Math.round(at * 1.1), Math.round(at * 1.1) + 1), at * HASH_WORDS);
    const [ofA] = found([clipOf('a', film), clipOf('b', faster)]);
    const { startMs = 0, endMs = 0 } = ofA?.[0]?.span ?? {};
    expect(endMs - startMs).toBeGreaterThan(0.9 * 200 * 250);
  });

  it('does not join clips by less than a second, nor by pictures without detail', () => {
    const [a, b] = [shot(1, 40), shot(2, 40)];
    b.set(stretch(a, 5, 8), 20 * HASH_WORDS);
    const black = new Uint32Array(40 * HASH_WORDS);
    const results = found([
      clipOf('a', a),
      clipOf('b', b),
      clipOf('black', black),
      clipOf('black too', black),
    ]);
    expect(results).toEqual([[], [], [], []]);
  });

  it('keeps to what is seen on both sides of a black stretch', () => {
    const film = shot(3, 40);
    film.fill(0, 10 * HASH_WORDS, 20 * HASH_WORDS);
    const [ofA] = found([clipOf('a', film), clipOf('b', film)]);
    expect(ofA?.[0]?.span).toEqual({ startMs: 0, endMs: 10_000 });
  });

  it('finds mirrored copies only where they are asked for', () => {
    const film = shot(4, 20);
    const mirrored = film.map((word) => (word ^ 0xaaaaaaaa) >>> 0);
    const clips = [clipOf('a', film), clipOf('b', mirrored)];
    expect(found(clips)[0]).toEqual([]);
    expect(found(clips, { mirrored: true })[0]?.[0]).toMatchObject({ other: 1, isMirrored: true });
  });

  it('finds the first kept ones among more copies than it looks at', () => {
    const film = shot(5, 4);
    const clips = Array.from({ length: 700 }, (_, at) => clipOf(`copy ${at}`, film));
    const finder = copyFinder({ rank: (id) => 700 - Number(id.slice(5)) });
    clips.forEach((clip) => finder.add(clip));
    const others = finder.find(clips[0] as ClipHash).map(({ other }) => other);
    expect(others).toContain(699);
    expect(others).not.toContain(1);
  });
});
