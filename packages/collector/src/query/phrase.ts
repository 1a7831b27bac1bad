/** Words that say nothing of what is done: they do not tell two queries apart. */
const EMPTY_WORDS: ReadonlySet<string> = new Set(
  'a an the my your his her its our their some somebody someone something anything sb sth person people'.split(
    ' ',
  ),
);

/** Words that join: they are neither verb nor noun. */
const JOINING_WORDS: ReadonlySet<string> = new Set(
  'with on in at to from into onto of off over under up down out through around for and or by about as behind against without not'.split(
    ' ',
  ),
);

/**
 * A label or phrase as plain words with single spaces: compatibility forms folded, brackets, underscores and other marks taken out,
 * `CamelCase` parted, a number in front taken off (`12 ApplyEyeMakeup`), no capital at the beginning.
 */
export function cleanPhrase(text: string): string {
  return text
    .normalize('NFKC')
    .replace(
      /(\p{Ll})(\p{Lu})/gu,
      (_, before: string, after: string) => `${before} ${after.toLowerCase()}`,
    )
    .replace(/[_\t\r\n[\]{}()<>"“”«»|/\\,;:!?.]+/gu, ' ')
    .replace(/^\s*\d+\s+/u, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^\p{Lu}(?=\p{Ll})/u, (letter) => letter.toLowerCase());
}

/** The words of a phrase in lower case; hyphens and apostrophes belong to a word. */
export function wordsOf(phrase: string): readonly string[] {
  return phrase.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:[-'’][\p{L}\p{M}\p{N}]+)*/gu) ?? [];
}

/**
 * What a phrase has in common with others that mean the same: its words without the empty ones, each without its English ending, so
 * that `slicing the bread` and `slice bread` are one. A rule of thumb, not a lemmatiser: a few different words fall together.
 */
export function phraseKey(phrase: string): string {
  const telling = tellingWords(phrase);
  return (telling.length === 0 ? wordsOf(phrase) : telling).map(stem).join(' ');
}

/** The words of a phrase that say what is done: articles, pronouns and placeholders left out. */
export function tellingWords(phrase: string): readonly string[] {
  return wordsOf(phrase).filter((word) => !EMPTY_WORDS.has(word));
}

/** A word without the endings of the English plural, of `-ing` and of `-ed`; equal stems stand for equal words. */
export function stem(word: string): string {
  return word.split(/[-'’]/).map(plainStem).join('-');
}

function plainStem(word: string): string {
  const single = singular(word);
  const base = single.replace(/(?:ing|(?<!e)ed)$/, '');
  const bare = base.length >= 3 && /[aeiouy]/.test(base) ? base : single;
  return bare
    .replace(/([bdfgklmnprstz])\1$/, '$1')
    .replace(/(?<=[a-z]{2})e$/, '')
    .replace(/y$/, 'i');
}

function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/..ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh|o)es$/.test(word)) return word.slice(0, -2);
  return word.replace(/(?<=[a-z]{2})s$/, '');
}

/** Verb and noun of an English action phrase, as stems. */
export type Action = { readonly verb: string; readonly nouns: readonly string[] };

/** The verb of a phrase is its first word in `-ing`, or else its first word; its nouns are the words after it that are none that join. */
export function actionOf(phrase: string): Action {
  const words = tellingWords(phrase);
  const inIng = words.findIndex((word) => /..ing$/.test(word) && stem(word) !== word);
  const at = Math.max(0, inIng);
  const others = words.filter((word, index) => index !== at && !JOINING_WORDS.has(word));
  return { verb: stem(words[at] ?? ''), nouns: others.map(stem) };
}
