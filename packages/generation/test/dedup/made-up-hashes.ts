import { mersenneTwister, type RandomStream } from '../../src/subsets/mersenne-twister.js';
import type { ClipHash } from '../../src/dedup/perceptual/clip-hash.js';
import { HASH_WORDS } from '../../src/dedup/perceptual/frame-hash.js';
import { VIEWS } from '../../src/dedup/perceptual/views.js';

/** A stream of random numbers for a test. */
export function randomOf(seed: number): RandomStream {
  return mersenneTwister(seed);
}

/** Random hashes of so many pictures, one view. */
export function randomPictures(random: RandomStream, pictures: number): Uint32Array {
  return Uint32Array.from({ length: pictures * HASH_WORDS }, () => random.nextWord());
}

/** The same with so many bits of each picture turned. */
export function withTurnedBits(
  words: Uint32Array,
  bits: number,
  random: RandomStream,
): Uint32Array {
  const turned = words.slice();
  for (let at = 0; at < words.length; at += HASH_WORDS) {
    const chosen = new Set<number>();
    while (chosen.size < bits) chosen.add(Math.floor(random.nextUniform() * 256));
    for (const bit of chosen)
      turned[at + (bit >>> 5)] = ((turned[at + (bit >>> 5)] as number) ^ (1 << (bit & 31))) >>> 0;
  }
  return turned;
}

/** A clip that shows these pictures; its crops show something else. */
export function clipOf(
  id: string,
  pictures: Uint32Array,
  { startMs = 0, video = id }: { readonly startMs?: number; readonly video?: string } = {},
): ClipHash {
  const count = pictures.length / HASH_WORDS;
  const hashes = new Uint32Array(VIEWS * pictures.length);
  hashes.set(pictures);
  return {
    ...{ id, video, span: { startMs, endMs: startMs + count * 250 } },
    ...{ width: 640, height: 360, pictures: count, hashes },
  };
}

/** Hashes as they come from a store. */
export async function* streamed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
