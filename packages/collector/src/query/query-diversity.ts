import { actionOf } from './phrase.js';
import type { Query } from './query.js';

/** How varied queries are. Verbs and nouns are those of the English ones, see `actionOf`. */
export type QueryDiversity = {
  readonly queries: number;
  readonly distinctVerbs: number;
  readonly distinctNouns: number;
  /** Distinct words for each word, by stems, 0 to 1: falls as lists grow, so compare lists of one size. */
  readonly typeTokenRatio: number;
  /** Shannon entropy of the verbs, in bits; `log2(distinctVerbs)` where all are as frequent. */
  readonly verbEntropyBits: number;
  /** Verb entropy as a share of that largest value, 0 to 1. */
  readonly verbEvenness: number;
  readonly perCategory: Readonly<Record<string, number>>;
  /** Entropy of the categories as a share of its largest value, 0 to 1; 1 where all are as large, or there is one. */
  readonly categoryBalance: number;
  readonly perLanguage: Readonly<Record<string, number>>;
  readonly perOrigin: Readonly<Record<string, number>>;
  /** The most frequent verbs, as stems, at most ten. */
  readonly topVerbs: readonly (readonly [verb: string, count: number])[];
};

/** Says how varied queries are. */
export function queryDiversity(queries: readonly Query[]): QueryDiversity {
  const actions = queries
    .filter(({ language }) => language === 'en')
    .map(({ text }) => actionOf(text));
  const verbs = countBy(actions.map(({ verb }) => verb));
  const nouns = countBy(actions.flatMap((action) => action.nouns));
  const words = actions.reduce((sum, action) => sum + 1 + action.nouns.length, 0);
  const types = new Set(actions.flatMap(({ verb, nouns: own }) => [verb, ...own])).size;
  const perCategory = countBy(queries.map(({ category }) => category));
  const entropy = entropyBits(verbs);
  return {
    queries: queries.length,
    distinctVerbs: verbs.size,
    distinctNouns: nouns.size,
    typeTokenRatio: words === 0 ? 0 : types / words,
    verbEntropyBits: entropy,
    verbEvenness: share(entropy, verbs.size),
    perCategory: Object.fromEntries(perCategory),
    categoryBalance: share(entropyBits(perCategory), perCategory.size),
    perLanguage: Object.fromEntries(countBy(queries.map(({ language }) => language))),
    perOrigin: Object.fromEntries(countBy(queries.map(({ origin }) => origin))),
    topVerbs: [...verbs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10),
  };
}

function countBy(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function entropyBits(counts: ReadonlyMap<string, number>): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / total) * Math.log2(count / total),
    0,
  );
}

function share(entropy: number, kinds: number): number {
  return kinds <= 1 ? 1 : entropy / Math.log2(kinds);
}
