import type { ComparedClip, CopyPair } from '../copies.js';
import type { ClipHash } from './clip-hash.js';
import { copyFinder } from './copy-finder.js';

/** Where the hashes come from, and how clips are compared. */
export type PerceptualOptions = {
  /** The hashes of the clips, those without any left out. Read twice, in any order. */
  readonly hashes: () => AsyncIterable<ClipHash>;
  /** See `CopyFinderOptions`. */
  readonly mirrored?: boolean;
  /** Told how many clips were compared. */
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Pairs of clips that share pictures over time, each pair once, with the longest stretch of those that were found.
 *
 * @param clips in the order of keeping. Hashes of other clips are left out, as are pairs of references.
 */
export async function perceptualPairs(
  clips: readonly ComparedClip[],
  { hashes, mirrored = false, onProgress }: PerceptualOptions,
): Promise<readonly CopyPair[]> {
  const numbers = new Map(clips.map(({ id }, number) => [id, number]));
  const finder = copyFinder({ mirrored, rank: (id) => numbers.get(id) ?? clips.length });
  const added: number[] = [];
  for await (const hash of hashes()) {
    const number = numbers.get(hash.id);
    if (number === undefined) continue;
    added.push(number);
    finder.add(hash);
  }
  const pairs = new Map<number, CopyPair>();
  let done = 0;
  for await (const hash of hashes()) {
    const number = numbers.get(hash.id);
    if (number === undefined) continue;
    for (const { other, span, otherSpan, similarity, isMirrored } of finder.find(hash)) {
      const found = added[other] as number;
      const isAfter = found > number;
      const [a, b] = isAfter ? [number, found] : [found, number];
      if (clips[b]?.isReference === true) continue;
      const [spanA, spanB] = isAfter ? [span, otherSpan] : [otherSpan, span];
      const mirror = isMirrored ? { isMirrored } : {};
      const pair: CopyPair = { a, b, level: 'perceptual', similarity, spanA, spanB, ...mirror };
      const key = a * clips.length + b;
      const known = pairs.get(key);
      if (known === undefined || isLonger(pair, known)) pairs.set(key, pair);
    }
    onProgress?.(++done, finder.size);
  }
  return [...pairs.values()].sort((x, y) => x.a - y.a || x.b - y.b);
}

function isLonger(pair: CopyPair, known: CopyPair): boolean {
  const [length, knownLength] = [pair, known].map(({ spanA }) => spanA.endMs - spanA.startMs) as [
    number,
    number,
  ];
  return length > knownLength || (length === knownLength && pair.similarity > known.similarity);
}
