import { wordsOf } from './phrase.js';
import { reasonToRefuse } from './safe-query.js';

/** Limits of a query: shorter ones find everything, longer ones nothing. InternVid's own have one to five words. */
export const QUERY_LIMITS = { minCharacters: 3, maxCharacters: 60, maxWords: 8 } as const;

/**
 * Says why a phrase is no query: its length, or what it asks for.
 *
 * @param isSpaced whether its language parts words by spaces; else words are not counted.
 */
export function queryProblem(text: string, isSpaced = true): string | undefined {
  const words = wordsOf(text);
  if (!words.some((word) => /\p{L}/u.test(word))) return 'no-words';
  const characters = [...text].length;
  if (characters < (isSpaced ? QUERY_LIMITS.minCharacters : 1)) return 'too-short';
  if (characters > QUERY_LIMITS.maxCharacters) return 'too-long';
  if (isSpaced && words.length > QUERY_LIMITS.maxWords) return 'too-many-words';
  return reasonToRefuse(text);
}
