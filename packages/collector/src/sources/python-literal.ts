import type { JsonValue } from '@internvid/core';

/** What a Python literal may nest and how long its text may be: far above what any manifest holds. */
const MAX_DEPTH = 32;
const MAX_CHARACTERS = 4_000_000;

/**
 * Reads a Python literal as `repr` and `str` write it into the columns of published tables: lists and tuples (as arrays), dicts with
 * text keys, strings in either quote with their escapes, numbers, `True`, `False`, `None` and `nan` (as null). Nothing is evaluated.
 *
 * @throws SyntaxError with the position, for anything else.
 */
export function parsePythonLiteral(text: string): JsonValue {
  if (text.length > MAX_CHARACTERS)
    throw new SyntaxError(`longer than ${MAX_CHARACTERS} characters`);
  const reader: Reader = { text, at: 0 };
  const value = readValue(reader, 0);
  skipSpace(reader);
  if (reader.at < text.length) throw unexpected(reader);
  return value;
}

type Reader = { readonly text: string; at: number };

const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['None', null],
  ['nan', null],
  ['null', null],
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
]);

function readValue(reader: Reader, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH}`);
  skipSpace(reader);
  const character = reader.text[reader.at];
  if (character === '[') return readItems(reader, ']', depth);
  if (character === '(') return readItems(reader, ')', depth);
  if (character === '{') return readDict(reader, depth);
  if (character === "'" || character === '"') return readText(reader, character);
  return readWord(reader);
}

function readItems(reader: Reader, close: string, depth: number): readonly JsonValue[] {
  const items: JsonValue[] = [];
  reader.at += 1;
  while (!takes(reader, close)) {
    items.push(readValue(reader, depth + 1));
    if (!takes(reader, ',')) {
      if (takes(reader, close)) break;
      throw unexpected(reader);
    }
  }
  return items;
}

function readDict(reader: Reader, depth: number): { readonly [key: string]: JsonValue } {
  const entries: [string, JsonValue][] = [];
  reader.at += 1;
  while (!takes(reader, '}')) {
    const key = readValue(reader, depth + 1);
    if (typeof key !== 'string') throw new SyntaxError('a key of a dict is not text');
    if (!takes(reader, ':')) throw unexpected(reader);
    entries.push([key, readValue(reader, depth + 1)]);
    if (!takes(reader, ',')) {
      if (takes(reader, '}')) break;
      throw unexpected(reader);
    }
  }
  return Object.fromEntries(entries);
}

const ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '0': '\0' }),
);

function readText(reader: Reader, quote: string): string {
  let text = '';
  for (reader.at += 1; reader.at < reader.text.length;) {
    const character = reader.text[reader.at] ?? '';
    if (character === quote) {
      reader.at += 1;
      return text;
    }
    if (character === '\\') text += readEscape(reader);
    else {
      text += character;
      reader.at += 1;
    }
  }
  throw new SyntaxError('a text is not closed');
}

function readEscape(reader: Reader): string {
  const rest = reader.text.slice(reader.at, reader.at + 10);
  const code = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/.exec(rest);
  if (code !== null) {
    const point = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16);
    if (point > 0x10ffff) throw unexpected(reader);
    reader.at += code[0].length;
    return String.fromCodePoint(point);
  }
  const letter = rest[1];
  if (letter === undefined) throw new SyntaxError('a text is not closed');
  reader.at += 2;
  if (letter === '\n') return '';
  if (letter === '\\' || letter === "'" || letter === '"') return letter;
  // As Python does: an escape that means nothing stays as it is written.
  return ESCAPES.get(letter) ?? `\\${letter}`;
}

function readWord(reader: Reader): JsonValue {
  const match = /^[-+.\w]+/.exec(reader.text.slice(reader.at, reader.at + 64));
  if (match === null) throw unexpected(reader);
  const word = match[0];
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(word)) {
    const number = Number(word);
    if (!Number.isFinite(number)) throw unexpected(reader);
    reader.at += word.length;
    return number;
  }
  const value = WORDS.get(word);
  if (value === undefined) throw unexpected(reader);
  reader.at += word.length;
  return value;
}

function takes(reader: Reader, character: string): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1;
}

function unexpected({ text, at }: Reader): SyntaxError {
  const seen = at < text.length ? JSON.stringify(text.slice(at, at + 12)) : 'the end';
  return new SyntaxError(`unexpected ${seen} at character ${at + 1}`);
}
