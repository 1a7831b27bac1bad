import { isBlank } from './band-index.js';
import { HASH_WORDS, hashDistance } from './frame-hash.js';

/**
 * Bits in which two pictures of the same moment may differ. Measured over 21 films and eight ways of changing each: the same moment
 * differs in 2 to 11 bits in the middle and in less than 50 almost always; the nearest two pictures of different films in 55.
 */
export const MOST_BITS = 48;

/** Pictures in a row that may fail to match: a flash, a logo, a moment of fast motion between two sampling times. */
const MOST_MISSES = 3;

/** How far the speeds of two copies may differ, as a share; 1 picture more is always allowed. */
const MOST_DRIFT = 0.12;

/** Bits that a neighbour must be nearer to count as the better match. */
const CLEARLY_NEARER = 4;

/** A run of pictures, `HASH_WORDS` words each. */
export type HashRun = {
  readonly words: Uint32Array;
  /** Where the first picture's words are. */
  readonly at: number;
  readonly pictures: number;
};

/** A stretch that two runs share, in numbers of pictures: start inside, end outside. */
export type SharedRun = {
  readonly start: number;
  readonly end: number;
  readonly otherStart: number;
  readonly otherEnd: number;
  /** Pictures of the first run that match. */
  readonly matched: number;
  /** Mean of their differing bits. */
  readonly meanBits: number;
};

/**
 * Follows two runs from a moment that they share, both ways, until they no longer match. Where one plays faster or slower it keeps
 * up, up to 12 %. Pictures without detail neither match nor fail.
 */
export function followRuns(a: HashRun, b: HashRun, atA: number, atB: number): SharedRun {
  const forward = follow(a, b, atA, atB, 1);
  const backward = follow(a, b, atA, atB, -1);
  const own = bitsBetween(a, b, atA, atB) ?? 0;
  const matched = forward.matched + backward.matched + 1;
  return {
    start: backward.lastA,
    end: forward.lastA + 1,
    otherStart: backward.lastB,
    otherEnd: forward.lastB + 1,
    matched,
    meanBits: (forward.bits + backward.bits + own) / matched,
  };
}

type Followed = {
  readonly lastA: number;
  readonly lastB: number;
  readonly matched: number;
  readonly bits: number;
};

function follow(a: HashRun, b: HashRun, fromA: number, fromB: number, way: 1 | -1): Followed {
  let [lastA, lastB, matched, bits, misses] = [fromA, fromB, 0, 0, 0];
  let atB = fromB;
  for (let steps = 1; misses < MOST_MISSES; steps++) {
    const atA = fromA + way * steps;
    const straight = atB + way;
    if (atA < 0 || atA >= a.pictures || straight < 0 || straight >= b.pictures) break;
    const drift = 1 + MOST_DRIFT * steps;
    const isNear = (at: number): boolean => Math.abs(Math.abs(at - fromB) - steps) <= drift;
    atB = nearest(a, b, atA, straight, isNear);
    const found = bitsBetween(a, b, atA, atB);
    if (found === undefined) continue;
    if (found > MOST_BITS) {
      misses++;
      continue;
    }
    misses = 0;
    matched++;
    bits += found;
    [lastA, lastB] = [atA, atB];
  }
  return { lastA, lastB, matched, bits };
}

/** The picture that goes on straight, or the one beside it where that is clearly nearer. */
function nearest(
  a: HashRun,
  b: HashRun,
  atA: number,
  straight: number,
  isNear: (at: number) => boolean,
): number {
  let best = straight;
  let least = (bitsBetween(a, b, atA, straight) ?? Infinity) - CLEARLY_NEARER;
  for (const at of [straight - 1, straight + 1]) {
    if (at < 0 || at >= b.pictures || !isNear(at)) continue;
    const found = bitsBetween(a, b, atA, at) ?? Infinity;
    if (found < least) [best, least] = [at, found];
  }
  return best;
}

/** Undefined where neither picture has detail; beyond every limit where only one has. */
function bitsBetween(a: HashRun, b: HashRun, atA: number, atB: number): number | undefined {
  const [x, y] = [a.at + atA * HASH_WORDS, b.at + atB * HASH_WORDS];
  const [isBlankA, isBlankB] = [isBlank(a.words, x), isBlank(b.words, y)];
  if (isBlankA && isBlankB) return undefined;
  return isBlankA || isBlankB ? 256 : hashDistance(a.words, x, b.words, y);
}
