import { saysTheAnswer, type DialogueTurn } from './dialogue.js';
import type { Material } from './material.js';
import { ANYBODY, COLOURS, DIRECTIONS, NUMBER_WORDS, PEOPLE, THINGS } from './seen-words.js';

/** Why a model's turn is not taken. */
export type UnsupportedReason =
  | 'no-whole-sentence'
  | 'too-long'
  | 'markup'
  | 'refusal'
  | 'names-its-source'
  | 'question-says-answer'
  | 'quote-not-known'
  | 'number-not-known'
  | 'camera-not-known'
  | 'direction-not-known'
  | 'colour-not-known'
  | 'thing-not-known'
  | 'name-not-known';

const MIN_WORDS = 3;
const MAX_CHARACTERS = 2_000;
const MARKUP = /<[^>]*>|https?:|www\.|```|\{\{|<\|/i;
const REFUSAL =
  /\b(?:as an ai|language model|i (?:cannot|can't|am unable)|i'm (?:sorry|unable))\b/i;
const SOURCES =
  /\b(?:captions?|captioned|transcripts?|metadata|detections?|detected|detector|material|provided|json|not (?:mentioned|stated|specified))\b/i;

/**
 * Whether what a turn says is more than the material holds: the reason, or nothing. Checked by words: numbers, things, colours, directions,
 * camera moves, names and quotations must be there, in the question as in the answer. That what is there is put together rightly, and in the
 * right order, words alone cannot show.
 */
export function unsupported(
  turn: Pick<DialogueTurn, 'question' | 'answer'>,
  material: Material,
): UnsupportedReason | undefined {
  const { question, answer } = turn;
  const both = `${question}\n${answer}`;
  return ruleOfForm(question, answer, both) ?? ruleOfContent(both, material);
}

function ruleOfForm(question: string, answer: string, both: string): UnsupportedReason | undefined {
  if (wordsIn(question).length < MIN_WORDS || wordsIn(answer).length < MIN_WORDS)
    return 'no-whole-sentence';
  if (both.length > MAX_CHARACTERS) return 'too-long';
  if (MARKUP.test(both)) return 'markup';
  if (REFUSAL.test(both)) return 'refusal';
  if (SOURCES.test(both)) return 'names-its-source';
  return saysTheAnswer(question, answer) ? 'question-says-answer' : undefined;
}

function ruleOfContent(said: string, material: Material): UnsupportedReason | undefined {
  const known = new Set(material.texts.flatMap(wordsIn).map(singular));
  const words = wordsIn(said).map(singular);
  const isUnknown = (lexicon: ReadonlySet<string>): boolean =>
    words.some((word) => lexicon.has(word) && !known.has(word));
  if (!quotesIn(said).every((quote) => isQuotable(quote, material))) return 'quote-not-known';
  if (!numbersIn(said).every((number) => isKnownNumber(number, material)))
    return 'number-not-known';
  if (!movesIn(said).every((move) => isKnownMove(move, material))) return 'camera-not-known';
  if (isUnknown(DIRECTIONS) && movesIn(said).length === 0) return 'direction-not-known';
  if (isUnknown(COLOURS)) return 'colour-not-known';
  const hasPeople = [...PEOPLE].some((word) => known.has(singular(word)));
  const isThing = (word: string): boolean =>
    word !== 'camera' && (THINGS.has(word) || PEOPLE.has(word) || ANYBODY.has(word));
  const unknown = words.filter((word) => isThing(word) && !known.has(word));
  if (!unknown.every((word) => hasPeople && ANYBODY.has(word))) return 'thing-not-known';
  return namesIn(said).every((name) => known.has(singular(name.toLowerCase())))
    ? undefined
    : 'name-not-known';
}

function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu) ?? [];
}

const IRREGULAR: Readonly<Record<string, string>> = {
  people: 'person',
  men: 'man',
  women: 'woman',
  children: 'child',
  knives: 'knife',
  mice: 'mouse',
  gray: 'grey',
};

/** Singular and plural, and a possessive, as one word. */
function singular(word: string): string {
  const bare = word.replace(/['’]s$/, '');
  const known = IRREGULAR[bare];
  if (known !== undefined) return known;
  if (/(?:ches|shes|sses|xes)$/.test(bare)) return bare.slice(0, -2);
  if (/[^aeiou]ies$/.test(bare)) return `${bare.slice(0, -3)}y`;
  return /[^su]s$/.test(bare) && bare.length > 3 ? bare.slice(0, -1) : bare;
}

function quotesIn(text: string): readonly string[] {
  return [...text.matchAll(/["“”]([^"“”]{1,400})["“”]/g)].map(([, quote = '']) => quote);
}

function isQuotable(quote: string, { quotable }: Material): boolean {
  const wanted = letters(quote);
  return wanted === '' || quotable.some((text) => letters(text).includes(wanted));
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Those inside quotations are judged as quotations. */
function numbersIn(text: string): readonly number[] {
  const unquoted = text.replaceAll(/["“”][^"“”]*["“”]/g, ' ');
  const digits = [...unquoted.matchAll(/\d+(?:[.,]\d+)?/g)].map(([found]) =>
    Number(found.replace(',', '.')),
  );
  const spelled = wordsIn(unquoted).flatMap((word) => NUMBER_WORDS[word] ?? []);
  return [...digits, ...spelled];
}

/** A number that is told, or a told one rounded, or one that a text holds. */
function isKnownNumber(number: number, { numbers, texts }: Material): boolean {
  const inTexts = texts.flatMap(numbersIn);
  return [...numbers, ...inTexts].some((known) => known === number || Math.round(known) === number);
}

const VERBS: readonly (readonly [RegExp, string])[] = [
  [/\bpan/, 'pan'],
  [/\btilt/, 'tilt'],
  [/\bzoom/, 'zoom'],
  [/\b(?:roll|rotat)/, 'roll'],
  [/\bshak/, 'shake'],
  [/\b(?:still|static|stationary|fixed|does not move|steady)\b/, 'static'],
];
const WAYS: readonly (readonly [RegExp, string])[] = [
  [/\bleft/, 'left'],
  [/\bright/, 'right'],
  [/\b(?:up|upward|upwards)\b/, 'up'],
  [/\b(?:down|downward|downwards)\b/, 'down'],
  [/\b(?:in|closer)\b/, 'in'],
  [/\b(?:out|away)\b/, 'out'],
];

/** Camera moves that sentences about the camera speak of, as the fact names them. */
function movesIn(text: string): readonly string[] {
  const sentences = text.toLowerCase().split(/(?<=[.!?\n])/);
  return sentences
    .filter((sentence) => sentence.includes('camera'))
    .flatMap((sentence) =>
      VERBS.filter(([verb]) => verb.test(sentence)).map(([, verb]) => {
        const way = WAYS.find(([pattern]) => pattern.test(sentence))?.[1];
        const hasWay = verb === 'pan' || verb === 'tilt' || verb === 'zoom';
        return hasWay && way !== undefined ? `${verb}-${way}` : verb;
      }),
    );
}

function isKnownMove(move: string, { texts }: Material): boolean {
  const known = [...texts, ...texts.flatMap(movesIn)];
  return known.some((text) => text === move || text.startsWith(`${move}-`));
}

/** Words with a capital inside a sentence, outside quotations. */
function namesIn(text: string): readonly string[] {
  const unquoted = text.replaceAll(/["“”][^"“”]*["“”]/g, ' ');
  return [...unquoted.matchAll(/(?<=[\p{L}\p{N},;] )\p{Lu}[\p{L}'’]+/gu)]
    .map(([name]) => name)
    .filter((name) => !/^I['’]/.test(name));
}
