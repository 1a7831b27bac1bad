/**
 * Which characters take part in text that was decoded with the wrong encoding, by kind; each is the inside of a character class.
 * The kinds and rules are those of ftfy 6.1.3 (Robyn Speer, Apache-2.0), module `badness`, whose answers the published
 * tokenizer builds on.
 */
const KIND = {
  /** Also stand in sound text. */
  common: '\xa0\xad\xb7\xb4\u2013\u2014\u2015\u2026\u2019',
  /** Control characters, which nobody means. */
  c1: '\x80-\x9f',
  /** Hardly ever stand in sound text. */
  bad:
    '\xa6\xa4\xa8\xac\xaf\xb6\xa7\xb8\u0192\u02c6\u02c7\u02d8\u02db\u02dc\u2020\u2021\u2030' +
    '\u2310\u25ca\ufffd\xaa\xba',
  currency: '\xa2\xa3\xa5\u20a7\u20ac',
  startPunctuation: '\xa1\xab\xbf\xa9\u0384\u0385\u2018\u201a\u201c\u201e\u2022\u2039\uf8ff',
  endPunctuation: '\xae\xbb\u02dd\u201d\u203a\u2122',
  numeric:
    '\xb2\xb3\xb9\xb1\xbc\xbd\xbe\xd7\xb5\xf7\u2044\u2202\u2206\u220f\u2211\u221a\u221e\u2229' +
    '\u222b\u2248\u2260\u2261\u2264\u2265\u2116',
  /** Letters that faces are made of. */
  kaomoji: '\xd2-\xd6\xd9-\xdc\xf2-\xf6\xf8-\xfc\u0150\xb0',
  upperAccented:
    '\xc0-\xd1\xd8\xdc\xdd\u0102\u0104\u0106\u010c\u010e\u0110\u0118\u011a\u011e\u0130\u0139' +
    '\u013d\u0141\u0143\u0147\u0152\u0158\u015a\u015e\u0160\u0162\u0164\u016e\u0170\u0178\u0179' +
    '\u017b\u017d\u0490',
  lowerAccented:
    '\xdf\xe0-\xf1\u0103\u0105\u0107\u010d\u010f\u0111\u0119\u011b\u011f\u013a\u013e\u0142' +
    '\u0153\u0155\u015b\u015f\u0161\u0165\xfc\u017a\u017c\u017e\u0491\ufb01\ufb02',
  /** Often stand at ends of words in sound text. */
  upperCommon:
    '\xde\u0391-\u03a9\u0386\u0388\u0389\u038a\u038c\u038e\u038f\u03aa\u03ab\u0401-\u042f',
  /** Often stand at ends of words in sound text. */
  lowerCommon: '\u03b1-\u03c9\u03ac\u03ad\u03ae\u03af\u03b0\u0430-\u045f',
  /** Without the single horizontal line, which faces are made of. */
  box:
    '\u2502\u250c\u2510\u2518\u251c\u2524\u252c\u253c\u2550-\u256c\u2580\u2584\u2588\u258c' +
    '\u2590\u2591\u2592\u2593',
} as const;

/** The characters that stand for the bytes of UTF-8 when it was read as a single-byte encoding. */
const UTF8 = {
  firstOf2:
    '\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7' +
    '\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\u0102\u0106\u010c\u010e\u0110\u0118\u011a\u011e\u0130' +
    '\u0139\u0143\u0147\u0150\u0158\u015e\u0162\u016e\u0170\u0392\u0393\u0394\u0395\u0396\u0397' +
    '\u0398\u0399\u039a\u039b\u039c\u039d\u039e\u039f\u03a0\u03a1\u03a3\u03a4\u03a5\u03a6\u03a7' +
    '\u03a8\u03a9\u03aa\u03ab\u03ac\u03ad\u03ae\u03af\u0412\u0413\u0414\u0415\u0416\u0417\u0418' +
    '\u0419\u041a\u041b\u041c\u041d\u041e\u041f\u0420\u0421\u0422\u0423\u0424\u0425\u0426\u0427' +
    '\u0428\u0429\u042a\u042b\u042c\u042d\u042e\u042f',
  firstOf3:
    '\xe0\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xee\xef\u0103\u0107\u010d\u010f' +
    '\u0119\u011b\u013a\u0155\u03b0\u03b1\u03b2\u03b3\u03b4\u03b5\u03b6\u03b7\u03b8\u03b9\u03ba' +
    '\u03bb\u03bc\u03bd\u03be\u03bf\u0430\u0431\u0432\u0433\u0434\u0435\u0436\u0437\u0438\u0439' +
    '\u043a\u043b\u043c\u043d\u043e\u043f',
  firstOf4: '\xf0\xf3\u0111\u011f\u03c0\u03c3\u0440\u0443',
  continuation:
    '\x80-\xbf\u0104\u0105\u013d\u013e\u0141\u0142\u0152\u0153\u015a\u015b\u015e\u015f\u0160' +
    '\u0161\u0164\u0165\u0178\u0179\u017a\u017b\u017c\u017d\u017e\u0192\u02c6\u02c7\u02d8\u02db' +
    '\u02dc\u02dd\u0384\u0385\u0386\u0388\u0389\u038a\u038c\u038e\u038f\u0401\u0402\u0403\u0404' +
    '\u0405\u0406\u0407\u0408\u0409\u040a\u040b\u040c\u040e\u040f\u0451\u0452\u0453\u0454\u0455' +
    '\u0456\u0457\u0458\u0459\u045a\u045b\u045c\u045e\u045f\u0490\u0491\u2013\u2014\u2015\u2018' +
    '\u2019\u201a\u201c\u201d\u201e\u2020\u2021\u2022\u2026\u2030\u2039\u203a\u20ac\u2116\u2122' +
    ' ',
  strictContinuation:
    '\x80-\xbf\u0104\u0105\u013d\u013e\u0141\u0142\u0152\u0153\u015a\u015b\u015e\u015f\u0160' +
    '\u0161\u0164\u0165\u0178\u0179\u017a\u017b\u017c\u017d\u017e\u0192\u02c6\u02c7\u02d8\u02db' +
    '\u02dc\u02dd\u0384\u0385\u0386\u0388\u0389\u038a\u038c\u038e\u038f\u0401\u0402\u0403\u0404' +
    '\u0405\u0406\u0407\u0408\u0409\u040a\u040b\u040c\u040e\u040f\u0451\u0452\u0453\u0454\u0455' +
    '\u0456\u0457\u0458\u0459\u045a\u045b\u045c\u045e\u045f\u0490\u0491\u2020\u2021\u2022\u2030' +
    '\u2039\u203a\u20ac\u2116\u2122',
} as const;

/** White space and word characters as Python's regular expressions have them. */
const SPACE =
  '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const WORD = '[\\p{L}\\p{N}_]';

/** Neighbours that sound text does not have. */
export const GARBLED: RegExp = new RegExp(garbledPairs().join('|'), 'u');

/** Runs that would be UTF-8 if they were bytes. */
export const UTF8_RUN: RegExp = new RegExp(
  `(?<!${oneOf('', UTF8.strictContinuation)})(?:` +
    `${oneOf('', UTF8.firstOf2)}${oneOf('', UTF8.continuation)}|` +
    `${oneOf('', UTF8.firstOf3)}${oneOf('', UTF8.continuation)}{2}|` +
    `${oneOf('', UTF8.firstOf4)}${oneOf('', UTF8.continuation)}{3})+`,
  'gu',
);

function oneOf(characters: string, ...kinds: readonly string[]): string {
  return `[${characters}${kinds.join('')}]`;
}

function garbledPairs(): readonly string[] {
  const k = KIND;
  const letters = [k.lowerAccented, k.upperAccented];
  const signs = [k.currency, k.numeric];
  const marks = [k.startPunctuation, k.endPunctuation];
  const bad = oneOf('', k.bad);
  const suspects = [...letters, k.box, ...marks, ...signs];
  const arabic =
    oneOf('ØÙ') + oneOf('ŸŠ®°µ»', k.common, k.currency, k.bad, k.numeric, k.startPunctuation);
  const between = [k.c1, k.bad, ...marks, k.currency];
  return [
    oneOf('', k.c1),
    oneOf('', k.bad, ...suspects) + bad,
    `[a-zA-Z]${oneOf('', k.lowerCommon, k.upperCommon)}${bad}`,
    bad + oneOf('', ...suspects),
    oneOf('', k.lowerAccented, k.lowerCommon, k.box, k.endPunctuation, ...signs) +
      oneOf('', k.upperAccented),
    oneOf('', k.box, k.endPunctuation, ...signs) + oneOf('', k.lowerAccented),
    oneOf('', k.lowerAccented, k.box, k.endPunctuation) + oneOf('', k.currency),
    SPACE + oneOf('', k.upperAccented) + oneOf('', k.currency),
    oneOf('', k.upperAccented, k.box) + oneOf('', k.numeric),
    oneOf('', ...letters, k.box, k.currency, k.endPunctuation) +
      oneOf('', k.startPunctuation) +
      oneOf('', k.numeric),
    oneOf('', ...letters, ...signs, k.box) +
      oneOf('', k.endPunctuation) +
      oneOf('', k.startPunctuation),
    oneOf('', ...signs, k.box) + oneOf('', k.startPunctuation),
    `[a-z]${oneOf('', k.upperAccented)}${oneOf('', k.startPunctuation, k.currency)}`,
    oneOf('', k.box) + oneOf('', k.kaomoji),
    oneOf('', ...letters, ...signs, ...marks) + oneOf('', k.box),
    oneOf('', k.box) + oneOf('', k.endPunctuation),
    oneOf('', ...letters) + oneOf('', k.endPunctuation) + WORD,
    '[Œœ][^A-Za-z]',
    `[ÂÃÎÐ]${oneOf('€Šš¢£Ÿž\\xa0\\xad®©°·»–—´', ...marks)}`,
    '×[²³]',
    arabic + arabic,
    'à[²µ¹¼½¾]',
    '√[±∂†≠®™´≤≥¥µø]',
    '≈[°¢]',
    '‚Ä[ìîïòôúùû†°¢π]',
    '‚[âó][àä°ê]',
    'вЂ',
    `[ВГРС]${oneOf('°µ', ...between)}[ВГРС]`,
    'ГўВЂВ.[A-Za-z ]',
    'Ã[\\xa0¡]',
    `[a-z]${SPACE}?[ÃÂ] `,
    '^[ÃÂ] ',
    `${oneOf('a-z.,?!', k.endPunctuation)}Â${oneOf(' ', ...marks)}`,
    'β€[™\\xa0Ά\\xad®°]',
    `[ΒΓΞΟ]${oneOf('°', ...between)}[ΒΓΞΟ]`,
  ];
}
