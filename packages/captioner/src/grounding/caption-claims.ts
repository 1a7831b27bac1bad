import {
  COLOUR_WORDS,
  HYPERNYMS,
  MOVEMENT_STEMS,
  NUMBER_WORDS,
  OBJECT_WORDS,
  SEVERAL,
  SINGULARS,
} from './lexicon.js';
import { cameraMovesIn, type TextRange } from './camera-moves.js';
import type { ColourName } from '../colours.js';

/** One thing that a caption says and that can be looked for. */
export type CaptionClaim = {
  /** The words that say it. */
  readonly words: string;
  readonly at: TextRange;
} & (
  | { readonly kind: 'object'; readonly classes: readonly string[] }
  | {
      readonly kind: 'count';
      readonly classes: readonly string[];
      readonly least: number;
      readonly most: number;
    }
  | { readonly kind: 'colour'; readonly colour: ColourName }
  | { readonly kind: 'action'; readonly stem: string }
  | { readonly kind: 'text'; readonly quoted: string }
  | { readonly kind: 'camera'; readonly move: string }
);

type Token = { readonly word: string; readonly from: number; readonly to: number };

const MAX_TERM_WORDS = 2;
/** Words that may stand between a number and its noun: "two small brown dogs". */
const MAX_ADJECTIVES = 3;
/** Words that deny a movement, and how far before it they may stand. */
const DENIALS: ReadonlySet<string> = new Set(
  'nothing nobody none no not never hardly barely without'.split(' '),
);
const MAX_DENIAL_WORDS = 3;
const TERMS: ReadonlyMap<string, readonly string[]> = new Map([
  ...Object.entries(OBJECT_WORDS).flatMap(([label, words]) =>
    words.map((word) => [word, [label]] as const),
  ),
  ...Object.entries(HYPERNYMS),
]);

/**
 * The claims of an English caption in the order of their words: classes, numbers of them, colours, plain movements, quoted
 * text and camera moves. By a lexicon and rules, so the same for any writer; what the lexicon does not know is no claim.
 */
export function claimsIn(caption: string): readonly CaptionClaim[] {
  const unquoted = caption.replaceAll(QUOTED, (quote) => ' '.repeat(quote.length));
  const tokens = tokensOf(unquoted);
  const claims = [
    ...thingsIn(tokens, caption),
    ...coloursIn(tokens, caption),
    ...actionsIn(tokens, caption),
    ...textsIn(caption),
    ...cameraMovesIn(unquoted),
  ];
  return claims.sort((a, b) => a.at.from - b.at.from);
}

const QUOTED = /["“][^"“”]*["”]/g;

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((found) => ({
    word: found[0].toLowerCase(),
    from: found.index,
    to: found.index + found[0].length,
  }));
}

function thingsIn(tokens: readonly Token[], caption: string): readonly CaptionClaim[] {
  const claims: CaptionClaim[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const term = termAt(tokens, index);
    if (term === undefined) continue;
    const last = tokens[index + term.length - 1] ?? tokens[index];
    const first = tokens[index];
    if (first === undefined || last === undefined) continue;
    // In "basketball players" only the last word names a thing.
    if (isCompound(tokens, index + term.length, last, caption)) continue;
    const { classes } = term;
    const number = numberBefore(tokens, index, caption);
    const at = { from: number?.from ?? first.from, to: last.to };
    const words = caption.slice(at.from, at.to);
    if (number?.most !== 0) claims.push({ kind: 'object', classes, words, at });
    if (number !== undefined)
      claims.push({ kind: 'count', classes, least: number.least, most: number.most, words, at });
    index += term.length - 1;
  }
  return claims;
}

function isCompound(tokens: readonly Token[], next: number, last: Token, caption: string): boolean {
  const { from } = tokens[next] ?? { from: -1 };
  return caption.slice(last.to, from) === ' ' && termAt(tokens, next) !== undefined;
}

/** The longest term that begins at a token: "hot dog" before "dog". */
function termAt(
  tokens: readonly Token[],
  index: number,
): { readonly classes: readonly string[]; readonly length: number } | undefined {
  for (let length = MAX_TERM_WORDS; length >= 1; length--) {
    const words = tokens.slice(index, index + length).map(({ word }) => word);
    if (words.length < length) continue;
    const last = words.pop() ?? '';
    for (const form of [last, singular(last)]) {
      const classes = TERMS.get([...words, form].join(' '));
      if (classes !== undefined) return { classes, length };
    }
  }
  return undefined;
}

function singular(word: string): string {
  return SINGULARS[word] ?? (/[^su]s$/.test(word) ? word.slice(0, -1) : word);
}

type Count = { readonly least: number; readonly most: number; readonly from: number };

/** A number in the same phrase: nothing but a few words between, no other term, no comma. */
function numberBefore(tokens: readonly Token[], index: number, caption: string): Count | undefined {
  const noun = tokens[index];
  for (let back = 1; back <= MAX_ADJECTIVES + 1; back++) {
    const token = tokens[index - back];
    if (noun === undefined || token === undefined) return undefined;
    if (/[,.;:!?"]/.test(caption.slice(token.to, noun.from))) return undefined;
    const number = NUMBER_WORDS[token.word] ?? digits(token.word);
    if (number !== undefined) return { least: number, most: number, from: token.from };
    if (SEVERAL.has(token.word)) return { least: 3, most: Infinity, from: token.from };
    if (/^(?:a|an|the|and|or|with|of|in|on|is|are|while|as)$/.test(token.word)) return undefined;
    if (termAt(tokens, index - back) !== undefined) return undefined;
  }
  return undefined;
}

function digits(word: string): number | undefined {
  return /^\d{1,2}$/.test(word) ? Number(word) : undefined;
}

function coloursIn(tokens: readonly Token[], caption: string): readonly CaptionClaim[] {
  return tokens.flatMap(({ word, from, to }, index) => {
    const colour = COLOUR_WORDS[word];
    // "an orange" is a fruit, "black and white" says that there is no colour.
    if (colour === undefined || tokens[index - 1]?.word === 'an') return [];
    return [{ kind: 'colour', colour, words: caption.slice(from, to), at: { from, to } } as const];
  });
}

function actionsIn(tokens: readonly Token[], caption: string): readonly CaptionClaim[] {
  return tokens.flatMap(({ word, from, to }, index) => {
    const stem = MOVEMENT_STEMS.find((known) => isFormOf(word, known));
    if (stem === undefined || isDenied(tokens, index, caption)) return [];
    return [{ kind: 'action', stem, words: caption.slice(from, to), at: { from, to } } as const];
  });
}

/** "nothing stirs", "nobody is running", "hardly anybody dances". */
function isDenied(tokens: readonly Token[], index: number, caption: string): boolean {
  const verb = tokens[index];
  return tokens
    .slice(Math.max(0, index - MAX_DENIAL_WORDS), index)
    .some(({ word, to }) => DENIALS.has(word) && !/[,.;:!?]/.test(caption.slice(to, verb?.from)));
}

/** "walks", "walking", "running", "drives", "flies"; not the bare form, which is as often a noun, nor "riding-hood". */
function isFormOf(word: string, stem: string): boolean {
  if (!word.startsWith(stem)) return false;
  const ending = word.slice(stem.length);
  return /^(?:[a-z]?ing|e?s)$/.test(ending);
}

function textsIn(caption: string): readonly CaptionClaim[] {
  return [...caption.matchAll(QUOTED)].map((found) => ({
    kind: 'text',
    quoted: found[0].slice(1, -1),
    words: found[0],
    at: { from: found.index, to: found.index + found[0].length },
  }));
}
