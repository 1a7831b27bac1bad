import { fixEncoding } from './fix-encoding.js';
import { unescapeWholeReferences } from './html-references.js';
import { c1AsWindows1252 } from './single-byte.js';

const LIGATURES: ReadonlyMap<string, string> = new Map([
  ['\u0132', 'IJ'],
  ['\u0133', 'ij'],
  ['\u0149', '\u02bcn'],
  ['\u01f1', 'DZ'],
  ['\u01f2', 'Dz'],
  ['\u01f3', 'dz'],
  ['\u01c4', 'D\u017d'],
  ['\u01c5', 'D\u017e'],
  ['\u01c6', 'd\u017e'],
  ['\u01c7', 'LJ'],
  ['\u01c8', 'Lj'],
  ['\u01c9', 'lj'],
  ['\u01ca', 'NJ'],
  ['\u01cb', 'Nj'],
  ['\u01cc', 'nj'],
  ['\ufb00', 'ff'],
  ['\ufb01', 'fi'],
  ['\ufb02', 'fl'],
  ['\ufb03', 'ffi'],
  ['\ufb04', 'ffl'],
  ['\ufb05', '\u017ft'],
  ['\ufb06', 'st'],
]);
const TERMINAL_ESCAPE = new RegExp(String.raw`\u001b\[[\p{Nd};]*[a-zA-Z]`, 'gu');
/** A longer line is mended in pieces of so many characters. */
const LONGEST_PIECE = 1_000_000;

/**
 * Mends what went wrong with a text before it came here: wrong encodings, HTML references, curly quotes, ligatures, wide
 * letters, control characters; then Unicode NFC. Lines are mended one by one.
 *
 * The rules of ftfy 6.1.3 (Robyn Speer, Apache-2.0), function `fix_text` with its defaults, which the published tokenizer
 * calls first.
 */
export function fixText(text: string): string {
  let mayUnescape = true;
  return pieces(text)
    .map((piece) => {
      // Text with tags is HTML: its references are meant. So is what follows it.
      mayUnescape &&= !piece.includes('<');
      return fixPiece(piece, mayUnescape);
    })
    .join('');
}

function fixPiece(text: string, mayUnescape: boolean): string {
  for (let before = text; ;) {
    const unescaped = mayUnescape ? unescapeWholeReferences(before) : before;
    const after = tidy(fixEncoding(unescaped));
    if (after === before) return after;
    before = after;
  }
}

function tidy(text: string): string {
  const plain = c1AsWindows1252(text)
    .replace(/[\u0132-\u0149\u01c4-\u01f3\ufb00-\ufb06]/g, (one) => LIGATURES.get(one) ?? one)
    .replace(/[\uff01-\uffef]/g, (one) => one.normalize('NFKC'))
    .replaceAll('\u3000', ' ')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/\r\n?|[\u2028\u2029\x85]/g, '\n')
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(TERMINAL_ESCAPE, '');
  return withoutControls(plain).normalize('NFC');
}

/** Without control characters but tab and line and page ends, byte-order marks and the marks of ruby text. */
function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u206a-\u206f\ufeff\ufff9-\ufffc]/gu, (one) =>
    '\t\n\f\r'.includes(one) || (one >= '\x80' && one <= '\x9f') ? one : '',
  );
}

function pieces(text: string): readonly string[] {
  const lines = text.split(/(?<=\n)/);
  return lines.flatMap((line) => {
    if (line.length <= LONGEST_PIECE) return [line];
    const characters = [...line];
    return Array.from({ length: Math.ceil(characters.length / LONGEST_PIECE) }, (_, index) =>
      characters.slice(index * LONGEST_PIECE, (index + 1) * LONGEST_PIECE).join(''),
    );
  });
}
