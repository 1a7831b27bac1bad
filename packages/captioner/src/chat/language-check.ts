import { wordsOf } from './words.js';

/** The script that a language is written in, where it is not Latin. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  zh: /\p{sc=Han}/u,
  ja: /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u,
  ko: /\p{sc=Hangul}/u,
  ru: /\p{sc=Cyrillic}/u,
  uk: /\p{sc=Cyrillic}/u,
  ar: /\p{sc=Arabic}/u,
  fa: /\p{sc=Arabic}/u,
  he: /\p{sc=Hebrew}/u,
  el: /\p{sc=Greek}/u,
  hi: /\p{sc=Devanagari}/u,
  th: /\p{sc=Thai}/u,
};
const LATIN = /\p{sc=Latin}/u;
const MIN_SHARE = 0.5;

/** Short words that a text of some length can hardly do without. Near relatives share some: a text has most of its own. */
const FUNCTION_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: new Set(
    'the and of with is are his her its their while then into from which at by'.split(' '),
  ),
  de: new Set(
    'der die das und ein eine einen einem mit ist auf dem den nicht sich während'.split(' '),
  ),
  fr: new Set('le les et une des du dans est sur avec qui pendant il elle au'.split(' ')),
  es: new Set('el los las y una del en con es que mientras su por está'.split(' ')),
  it: new Set('il lo gli e una di della nel con è che mentre sul sono'.split(' ')),
  pt: new Set('o os as e uma do da no na com é que enquanto em'.split(' ')),
  nl: new Set('het een en van met op zijn terwijl naar aan niet'.split(' ')),
  sv: new Set('och det ett som är på av med till den inte sig medan över vid'.split(' ')),
  da: new Set('og det et som er på af med til den ikke sig mens over ved'.split(' ')),
  nb: new Set('og det et som er på av med til den ikke seg mens over ved'.split(' ')),
  pl: new Set('jest się nie na że przez który która oraz obok przed podczas swoje'.split(' ')),
  cs: new Set('je na ve který která který přes při vedle před během svůj jeho'.split(' ')),
  tr: new Set('ve bir bu için ile olan üzerinde içinde gibi doğru sonra'.split(' ')),
  id: new Set('yang dan di dengan sebuah untuk pada dari ini itu sedang seorang'.split(' ')),
  vi: new Set('một và của là đang trong người trên với có những'.split(' ')),
  ro: new Set('și în cu pe este sunt din lângă timp peste către'.split(' ')),
  hu: new Set('és egy az hogy nem mellett közben miközben fölött alatt'.split(' ')),
  fi: new Set('ja joka ovat hän sekä päällä kanssa vieressä samalla kun'.split(' ')),
};
const MIN_FOREIGN = 3;

/**
 * Whether a text is plainly not in a language: most of its letters are of another script, or it has the small words of another
 * language and not its own. Knows scripts of 11 languages and small words of 18; for others any Latin text passes.
 *
 * @param tag BCP 47.
 */
export function isOtherLanguage(text: string, tag: string): boolean {
  const language =
    tag
      .split('-')[0]
      ?.toLowerCase()
      .replace(/^n[on]$/, 'nb') ?? tag;
  const letters = text.match(/\p{L}/gu) ?? [];
  const script = SCRIPTS[language] ?? LATIN;
  const own = letters.filter((letter) => script.test(letter)).length;
  if (letters.length > 0 && own / letters.length < MIN_SHARE) return true;
  const words = wordsOf(text);
  const count = (name: string): number =>
    words.filter((word) => FUNCTION_WORDS[name]?.has(word) === true).length;
  if (FUNCTION_WORDS[language] === undefined) return false;
  const expected = count(language);
  return Object.keys(FUNCTION_WORDS).some((other) => {
    const found = other === language ? 0 : count(other);
    return found >= MIN_FOREIGN && found > 2 * expected;
  });
}
