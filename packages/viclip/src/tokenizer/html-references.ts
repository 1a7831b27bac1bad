import { decodeHTML, decodeHTMLStrict } from 'entities/decode';

import { c1AsWindows1252 } from './single-byte.js';

const REFERENCE = /&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/g;
const WHOLE_REFERENCE = /&#?[0-9A-Za-z]{1,24};/g;

/**
 * Character references of HTML replaced, as Python's `html.unescape` does: also names without a semicolon by their longest
 * known beginning, numbers 128 to 159 by Windows-1252, and numbers of control characters by nothing.
 */
export function unescapeHtml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (reference) =>
    reference[1] === '#' ? fromNumber(reference) : decodeHTML(reference),
  );
}

/**
 * Only the references that are meant as such: names that end in a semicolon, also those in capitals (`&NTILDE;`), and numbers.
 * The rule of ftfy 6.1.3, function `unescape_html`.
 */
export function unescapeWholeReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(WHOLE_REFERENCE, (reference) => {
    if (reference[1] === '#') {
      const character = unescapeHtml(reference);
      return character.includes(';') ? reference : character;
    }
    const character = decodeHTMLStrict(reference);
    return character === reference ? fromCapitals(reference) : character;
  });
}

function fromCapitals(reference: string): string {
  const isCapitals = reference === reference.toUpperCase();
  if (!isCapitals || decodeHTML(reference) !== reference) return reference;
  const character = decodeHTMLStrict(reference.toLowerCase());
  return character === reference.toLowerCase() ? reference : character.toUpperCase();
}

function fromNumber(reference: string): string {
  const isHex = reference[2]?.toLowerCase() === 'x';
  const digits = reference.slice(isHex ? 3 : 2).replace(';', '');
  const code = Number.parseInt(digits, isHex ? 16 : 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code === 0x0d) return '\r';
  if (code >= 0x80 && code <= 0x9f) return c1AsWindows1252(String.fromCharCode(code));
  return isNoCharacter(code) ? '' : String.fromCodePoint(code);
}

function isNoCharacter(code: number): boolean {
  return (
    (code >= 0x01 && code <= 0x08) ||
    code === 0x0b ||
    (code >= 0x0e && code <= 0x1f) ||
    code === 0x7f ||
    (code >= 0xfdd0 && code <= 0xfdef) ||
    (code & 0xfffe) === 0xfffe
  );
}
