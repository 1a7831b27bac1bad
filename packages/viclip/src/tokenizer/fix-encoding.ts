import { GARBLED, UTF8_RUN } from './mojibake-rules.js';
import {
  c1AsWindows1252,
  latin1AsWindows1252,
  SINGLE_BYTE_ENCODINGS,
  type SingleByteEncoding,
} from './single-byte.js';

/*
 * Patterns over bytes, written as characters 0 to 255. A space in the place of byte A0 was put there by a program that took
 * the no-break space for a space; byte 1A stands for a character that was lost.
 */
const A_GRAVE_WORD = /\xc3 (?! |quele|quela|quilo|s )/g;
const SPACE_FOR_A0 =
  /[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf]{2}|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf]{2} /g;
const LOST = String.raw`\u001a`;
const LOSSY_UTF8 = new RegExp(
  [
    `[\\xc2-\\xdf]${LOST}`,
    '[\\xc2-\\xc3][?]',
    `\\xed[\\xa0-\\xaf][${LOST}?]\\xed[\\xb0-\\xbf][${LOST}?\\x80-\\xbf]`,
    `\\xed[\\xa0-\\xaf][${LOST}?\\x80-\\xbf]\\xed[\\xb0-\\xbf][${LOST}?]`,
    `[\\xe0-\\xef][${LOST}?][${LOST}\\x80-\\xbf]`,
    `[\\xe0-\\xef][${LOST}\\x80-\\xbf][${LOST}?]`,
    `[\\xf0-\\xf4][${LOST}?][${LOST}\\x80-\\xbf][${LOST}\\x80-\\xbf]`,
    `[\\xf0-\\xf4][${LOST}\\x80-\\xbf][${LOST}?][${LOST}\\x80-\\xbf]`,
    `[\\xf0-\\xf4][${LOST}\\x80-\\xbf][${LOST}\\x80-\\xbf][${LOST}?]`,
    LOST,
  ].join('|'),
  'g',
);
const REPLACEMENT_BYTES = '\xef\xbf\xbd';
/** Java's zero of two bytes, and a surrogate pair of six (CESU-8). */
const UTF8_VARIANT = /\xc0[\s\S]|\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]/g;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Text that was written as UTF-8 and read as something else ("cafÃ©"), as it was meant; other text as it is.
 *
 * The rules of ftfy 6.1.3 (Robyn Speer, Apache-2.0), function `fix_encoding`.
 */
export function fixEncoding(text: string): string {
  for (let before = text; ;) {
    const after = fixOnce(before);
    if (after === before) return after;
    before = after;
  }
}

function fixOnce(text: string): string {
  if (!GARBLED.test(text)) return text;
  for (const encoding of SINGLE_BYTE_ENCODINGS) {
    const fixed = readAsUtf8(text, encoding);
    if (fixed !== undefined) return fixed;
  }
  const fixed = fixRuns(text);
  if (fixed !== text) return fixed;
  const asWindows = latin1AsWindows1252(text);
  return asWindows === undefined || asWindows === text ? c1AsWindows1252(text) : asWindows;
}

function readAsUtf8(text: string, encoding: SingleByteEncoding): string | undefined {
  const encoded = encoding.encode(text);
  if (encoded === undefined) return undefined;
  let bytes = encoded;
  if (matches(SPACE_FOR_A0, bytes)) {
    bytes = bytes
      .replace(A_GRAVE_WORD, '\xc3\xa0 ')
      .replace(SPACE_FOR_A0, (match) => match.replaceAll(' ', '\xa0'));
  }
  if (encoding.isSloppy) bytes = bytes.replace(LOSSY_UTF8, REPLACEMENT_BYTES);
  bytes = bytes.replace(UTF8_VARIANT, (variant) => plainUtf8(variant));
  try {
    return UTF8.decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return undefined;
  }
}

/** The four bytes of the character that a surrogate pair of six bytes stands for; zero for Java's zero. */
function plainUtf8(variant: string): string {
  if (variant.length < 6) return '\0';
  const bits = (index: number, mask: number): number => variant.charCodeAt(index) & mask;
  const code =
    0x10000 +
    ((bits(1, 0x0f) << 16) | (bits(2, 0x3f) << 10) | (bits(4, 0x0f) << 6) | bits(5, 0x3f));
  return Buffer.from(String.fromCodePoint(code), 'utf8').toString('latin1');
}

/** Mends the parts of a text that look like UTF-8 read wrongly, where the whole cannot be. */
function fixRuns(text: string): string {
  return text.replace(UTF8_RUN, (run) =>
    run.length < text.length && GARBLED.test(run) ? fixEncoding(run) : run,
  );
}

function matches(pattern: RegExp, text: string): boolean {
  return text.search(pattern) !== -1;
}
