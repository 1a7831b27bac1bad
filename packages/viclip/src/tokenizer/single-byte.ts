/** A single-byte encoding that text may have been read in by mistake. Bytes are written as a string of characters 0 to 255. */
export type SingleByteEncoding = {
  /** What bytes without a meaning are passed through as, and byte 0x1A, which stands for a character already lost. */
  readonly isSloppy: boolean;
  /** The text as bytes, undefined where the encoding does not have one of its characters. */
  encode(text: string): string | undefined;
};

const CODE_PAGE_437 =
  '\xc7\xfc\xe9\xe2\xe4\xe0\xe5\xe7\xea\xeb\xe8\xef\xee\xec\xc4\xc5\xc9\xe6\xc6\xf4\xf6\xf2\xfb\xf9' +
  '\xff\xd6\xdc\xa2\xa3\xa5\u20a7\u0192\xe1\xed\xf3\xfa\xf1\xd1\xaa\xba\xbf\u2310\xac\xbd\xbc\xa1' +
  '\xab\xbb\u2591\u2592\u2593\u2502\u2524\u2561\u2562\u2556\u2555\u2563\u2551\u2557\u255d\u255c' +
  '\u255b\u2510\u2514\u2534\u252c\u251c\u2500\u253c\u255e\u255f\u255a\u2554\u2569\u2566\u2560\u2550' +
  '\u256c\u2567\u2568\u2564\u2565\u2559\u2558\u2552\u2553\u256b\u256a\u2518\u250c\u2588\u2584\u258c' +
  '\u2590\u2580\u03b1\xdf\u0393\u03c0\u03a3\u03c3\xb5\u03c4\u03a6\u0398\u03a9\u03b4\u221e\u03c6' +
  '\u03b5\u2229\u2261\xb1\u2265\u2264\u2320\u2321\xf7\u2248\xb0\u2219\xb7\u221a\u207f\xb2\u25a0\xa0';

/** Bytes 0x80 to 0x9F of Windows-1252; Node's decoder of that name reads them as Latin-1. */
const WINDOWS_1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

const HIGH_BYTES = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index));

/** The encodings in the order in which they are tried. */
export const SINGLE_BYTE_ENCODINGS: readonly SingleByteEncoding[] = [
  encoding(HIGH_BYTES, false),
  encoding([...WINDOWS_1252, ...HIGH_BYTES.slice(32)], true),
  ...['windows-1251', 'windows-1250', 'windows-1253', 'windows-1254'].map((name) =>
    encoding(highHalf(name), true),
  ),
  encoding(highHalf('iso-8859-2'), false),
  encoding(highHalf('macintosh'), false),
  encoding([...CODE_PAGE_437], false),
];

/** The five bytes that Windows-1252 gives no meaning. */
const UNDEFINED_1252 = /[\x81\x8d\x8f\x90\x9d]/;

/** Characters 0x80 to 0x9F as Windows-1252 reads these bytes. */
export function c1AsWindows1252(text: string): string {
  return text.replace(
    /[\x80-\x9f]/g,
    (character) => WINDOWS_1252[character.charCodeAt(0) - 128] ?? character,
  );
}

/** Latin-1 text as Windows-1252 reads its bytes, undefined where one has no meaning there or the text is not Latin-1. */
export function latin1AsWindows1252(text: string): string | undefined {
  if (UNDEFINED_1252.test(text) || /[^\0-\xff]/.test(text)) return undefined;
  return c1AsWindows1252(text);
}

/** The characters of the bytes 0x80 to 0xFF; a byte without one is passed through. */
function highHalf(name: string): readonly string[] {
  const decoder = new TextDecoder(name);
  return HIGH_BYTES.map((byte, index) => {
    const character = decoder.decode(Uint8Array.of(128 + index));
    return character === '\ufffd' ? byte : character;
  });
}

function encoding(high: readonly string[], isSloppy: boolean): SingleByteEncoding {
  const bytes = new Map(
    high.map((character, index) => [character, String.fromCharCode(128 + index)]),
  );
  for (let code = 0; code < 128; code++)
    bytes.set(String.fromCharCode(code), String.fromCharCode(code));
  if (isSloppy) {
    bytes.delete('\x1a');
    bytes.set('\ufffd', '\x1a');
  }
  return {
    isSloppy,
    encode(text) {
      let encoded = '';
      for (const character of text) {
        const byte = bytes.get(character);
        if (byte === undefined) return undefined;
        encoded += byte;
      }
      return encoded;
    },
  };
}
