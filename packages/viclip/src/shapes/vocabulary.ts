import { captionsOf } from './captions.js';
import { allFilms } from './film.js';

/** Two parts that become one, as `clipTokenizer` takes them. */
export type Merge = readonly [left: string, right: string];

/** All words of all captions, in alphabetical order. */
export function captionWords(): readonly string[] {
  const words = allFilms()
    .flatMap(captionsOf)
    .join(' ')
    .toLowerCase()
    .match(/\p{L}+/gu);
  return [...new Set(words)].sort();
}

/**
 * Byte-pair merges that make one token of each word (Sennrich et al. 2016, arXiv 1508.07909): the pair that stands in most words is
 * merged, of equals the first by alphabet, until every word is whole.
 *
 * @param words of ASCII letters.
 */
export function mergesFor(words: readonly string[]): readonly Merge[] {
  const merges: Merge[] = [];
  let split = words.map((word) => [...word.slice(0, -1), `${word.slice(-1)}</w>`]);
  for (;;) {
    const best = mostFrequent(split.flatMap(pairs));
    if (best === undefined) return merges;
    merges.push(best);
    split = split.map((parts) => merged(parts, best));
  }
}

function pairs(parts: readonly string[]): readonly Merge[] {
  return parts.slice(1).map((right, place) => [parts[place] ?? '', right] as const);
}

function mostFrequent(found: readonly Merge[]): Merge | undefined {
  const counts = new Map<string, number>();
  for (const pair of found) counts.set(pair.join(' '), (counts.get(pair.join(' ')) ?? 0) + 1);
  const [best] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const [left, right] = best?.[0].split(' ') ?? [];
  return left === undefined || right === undefined ? undefined : [left, right];
}

function merged(parts: readonly string[], [left, right]: Merge): string[] {
  const result: string[] = [];
  for (const part of parts) {
    if (part === right && result.at(-1) === left) result[result.length - 1] = left + right;
    else result.push(part);
  }
  return result;
}
