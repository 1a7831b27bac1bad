import type { Match, SearchOptions } from './exact-index.js';

/** An entry found by its words; a higher `score` is better, and means nothing beside those of another query. */
export type TextMatch = Omit<Match, 'similarity'> & { readonly score: number };

/** Texts found by the words that they have in common with a query. */
export interface FullTextIndex {
  readonly size: number;
  /** Adds a text under an id; several texts of one id are one document. */
  add(id: string, text: string): void;
  /** The best entries that have at least one word of the query, best first; equal scores in code-unit order of their ids. */
  search(query: string, options: SearchOptions): readonly TextMatch[];
}

/** How soon more of the same word counts less, and how much longer documents are held down: the usual values. */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/**
 * An empty index in memory, ranked by Okapi BM25 (Robertson and Zaragoza 2009). Words are runs of letters and digits in lower
 * case, compared as they are: there are no stems and no stop words.
 */
export function fullTextIndex(): FullTextIndex {
  const ids: string[] = [];
  const places = new Map<string, number>();
  const lengths: number[] = [];
  const postings = new Map<string, Map<number, number>>();
  let words = 0;

  const placeOf = (id: string): number => {
    const known = places.get(id);
    if (known !== undefined) return known;
    places.set(id, ids.length);
    lengths.push(0);
    return ids.push(id) - 1;
  };
  const weight = (count: number, place: number): number => {
    const relative = (lengths[place] ?? 0) / (words / ids.length);
    const damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * relative);
    return (count * (SATURATION + 1)) / (count + damping);
  };

  return {
    get size() {
      return ids.length;
    },
    add(id, text) {
      const place = placeOf(id);
      for (const word of wordsOf(text)) {
        const posting = postings.get(word) ?? new Map<number, number>();
        postings.set(word, posting.set(place, (posting.get(place) ?? 0) + 1));
        lengths[place] = (lengths[place] ?? 0) + 1;
        words += 1;
      }
    },
    search(query, { limit, where }) {
      const scores = new Map<number, number>();
      for (const word of new Set(wordsOf(query))) {
        const posting = postings.get(word);
        if (posting === undefined) continue;
        const rarity = Math.log(1 + (ids.length - posting.size + 0.5) / (posting.size + 0.5));
        for (const [place, count] of posting) {
          scores.set(place, (scores.get(place) ?? 0) + rarity * weight(count, place));
        }
      }
      return Array.from(scores, ([place, score]) => ({ id: ids[place] ?? '', score }))
        .filter(({ id }) => where === undefined || where(id))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  );
}
