import { createHash } from 'node:crypto';

const NUMBERS = ['no', 'one', 'two', 'three'];
const PLURALS: Readonly<Record<string, string>> = {
  person: 'people',
  bus: 'buses',
  bench: 'benches',
  sheep: 'sheep',
  knife: 'knives',
  sandwich: 'sandwiches',
  couch: 'couches',
  'wine glass': 'wine glasses',
  toothbrush: 'toothbrushes',
  mouse: 'mice',
  skis: 'pairs of skis',
  scissors: 'pairs of scissors',
  broccoli: 'pieces of broccoli',
  'hair drier': 'hair driers',
  tv: 'televisions',
};
const SINGULARS: Readonly<Record<string, string>> = {
  skis: 'a pair of skis',
  scissors: 'a pair of scissors',
  broccoli: 'a piece of broccoli',
  tv: 'a television',
  'dining table': 'a table',
  'sports ball': 'a ball',
};

/** "a dog", "an umbrella", "two people", "several cars": numbers above three are not to be trusted one by one. */
export function counted(label: string, count: number): string {
  if (count === 1) return SINGULARS[label] ?? `${/^[aeiou]/.test(label) ? 'an' : 'a'} ${label}`;
  const plural = PLURALS[label] ?? PLURALS[SINGULARS[label] ?? ''] ?? `${bare(label)}s`;
  return `${NUMBERS[count] ?? 'several'} ${plural}`;
}

/** The class in words, without an article: "dog", "pair of skis". */
export function bare(label: string): string {
  return (SINGULARS[label] ?? label).replace(/^an? /, '');
}

/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** A sentence: first letter large, a full stop unless it ends in one of its own. */
export function sentence(text: string): string {
  const body = text.trim();
  return `${body.slice(0, 1).toUpperCase()}${body.slice(1)}${/[.!?]["”]?$/.test(body) ? '' : '.'}`;
}

/** One of several wordings, always the same for the same seed and topic. */
export function chosen<Choice>(
  choices: readonly [Choice, ...Choice[]],
  seed: string,
  topic: string,
): Choice {
  const number = createHash('sha256').update(`${seed}\n${topic}`).digest().readUInt32BE(0);
  return choices[number % choices.length] ?? choices[0];
}
