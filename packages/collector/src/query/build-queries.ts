import { ACTIVITIES } from './activities.js';
import type { LabelList } from './action-labels.js';
import type { NounVerbPair } from './noun-verb-pairs.js';
import { cleanPhrase, phraseKey } from './phrase.js';
import { NOUN_VERB_PROMPT, promptId } from './query-prompts.js';
import { queryProblem } from './query-rules.js';
import type { Query, RefusedQuery } from './query.js';

/** What queries are made of. */
export type BuildQueriesOptions = {
  /** Categories of the activity list, or all of them, or none. Default all. */
  readonly activities?: boolean | readonly string[];
  readonly labels?: readonly LabelList[];
  /** Pairs that a model pulled from texts, see `pairsFromTexts`. */
  readonly pairs?: readonly NounVerbPair[];
};

/** Queries and what did not become one. */
export type BuiltQueries = {
  readonly queries: readonly Query[];
  readonly refused: readonly RefusedQuery[];
};

/**
 * Makes search queries of actions, as InternVid did: an activity list, the labels of action data sets, and verbs with their objects from
 * texts. Each action once, in that order; phrases that only differ in articles and endings are one. Nothing is made up: without labels
 * and pairs it is the activity list. The same input gives the same queries.
 *
 * @throws RangeError for a category that the activity list does not have.
 */
export function buildQueries(options: BuildQueriesOptions = {}): BuiltQueries {
  const queries: Query[] = [];
  const refused: RefusedQuery[] = [];
  const seen = new Set<string>();
  const add = (phrase: string, query: Omit<Query, 'text' | 'language'>): void => {
    const text = cleanPhrase(phrase);
    const key = phraseKey(text);
    const reason = queryProblem(text) ?? (seen.has(key) ? 'duplicate' : undefined);
    if (reason !== undefined)
      refused.push({ text: phrase.slice(0, 200), origin: query.origin, reason });
    else {
      seen.add(key);
      queries.push({ text, language: 'en', ...query });
    }
  };
  for (const [category, phrases] of chosenActivities(options.activities ?? true)) {
    for (const phrase of phrases) add(phrase, { category, origin: 'activities' });
  }
  for (const { name, labels } of options.labels ?? []) {
    for (const label of labels) add(label, { category: 'labels', origin: `labels:${name}` });
  }
  const prompt = promptId(NOUN_VERB_PROMPT);
  for (const { phrase } of options.pairs ?? [])
    add(phrase, { category: 'texts', origin: 'texts', prompt });
  return { queries, refused };
}

function chosenActivities(
  wanted: boolean | readonly string[],
): readonly (readonly [string, readonly string[]])[] {
  if (typeof wanted === 'boolean') return wanted ? Object.entries(ACTIVITIES) : [];
  return wanted.map((category) => {
    const phrases = ACTIVITIES[category];
    if (phrases !== undefined) return [category, phrases];
    const known = Object.keys(ACTIVITIES).join(', ');
    throw new RangeError(`options.activities names "${category}", which is none of ${known}.`);
  });
}
