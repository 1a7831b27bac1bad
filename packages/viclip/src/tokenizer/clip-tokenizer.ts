import { cleanText } from './clean-text.js';
import { mergePairs } from './merge-pairs.js';

/** Token ids of texts, padded with zeros. */
export interface ClipTokenizer {
  /** Number of token ids: 49408 with the published merges. */
  readonly vocabularySize: number;
  /** Ids of all tokens of a text after the clean-up, without start and end. */
  encode(text: string): number[];
  /**
   * Start, tokens, end and zeros, one row for each text: `texts.length * contextLength` ids, row-major. A text that is too
   * long is cut and ends in the end token. What a text tower pools at is the first of the highest ids of its row.
   *
   * @param contextLength Default 32, that of ViCLIP; CLIP has 77.
   */
  tokenize(texts: readonly string[], contextLength?: number): Int32Array;
}

const START = '<|startoftext|>';
const END = '<|endoftext|>';
/** Ignoring case as Unicode folds it, which takes a long s for an s. The clean-up leaves no white space but the space. */
const WORDS =
  /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^ \p{L}\p{N}]+/giu;
/** Words whose tokens are remembered. */
const REMEMBERED = 4096;

/**
 * The byte-pair encoding of CLIP (Radford et al. 2021), which ViCLIP uses unchanged, text clean-up included: lower case, bytes
 * as tokens, then the merges in their order.
 *
 * @param merges the pairs in order of priority, as `loadClipMerges` reads them.
 */
export function clipTokenizer(merges: readonly (readonly [string, string])[]): ClipTokenizer {
  const letters = byteLetters();
  const ids = new Map(
    [
      ...letters,
      ...letters.map((letter) => `${letter}</w>`),
      ...merges.map((pair) => pair.join('')),
    ]
      .concat(START, END)
      .map((token, id) => [token, id]),
  );
  const ranks = new Map(merges.map((pair, rank) => [pair.join(' '), rank]));
  const letterOf = byByte(letters);
  const start = idOf(ids, START);
  const end = idOf(ids, END);
  const known = new Map<string, readonly number[]>();

  const encodeWord = (word: string): readonly number[] => {
    const remembered = known.get(word);
    if (remembered !== undefined) return remembered;
    const parts = Array.from(Buffer.from(word, 'utf8'), (byte) => letterOf[byte] ?? '');
    parts.push(`${parts.pop() ?? ''}</w>`);
    const tokens = mergePairs(parts, ranks).map((part) => idOf(ids, part));
    if (known.size === REMEMBERED) known.clear();
    known.set(word, tokens);
    return tokens;
  };
  const encode = (text: string): number[] =>
    (cleanText(text).match(WORDS) ?? []).flatMap((word) =>
      word === START || word === END ? [idOf(ids, word)] : encodeWord(word),
    );

  return {
    vocabularySize: ids.size,
    encode,
    tokenize(texts, contextLength = 32) {
      if (!Number.isInteger(contextLength) || contextLength < 2) {
        throw new RangeError(
          `contextLength must be a whole number of at least 2, got ${contextLength}.`,
        );
      }
      const rows = new Int32Array(texts.length * contextLength);
      for (const [row, text] of texts.entries()) {
        const tokens = encode(text).slice(0, contextLength - 2);
        rows.set([start, ...tokens, end], row * contextLength);
      }
      return rows;
    },
  };
}

/** The bytes that are printable characters stand for themselves and come first; the others get characters from U+0100 on. */
function byteOrder(): readonly number[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return [...bytes.filter(printable), ...bytes.filter((byte) => !printable(byte))];
}

function byteLetters(): readonly string[] {
  let next = 256;
  return byteOrder().map((byte, place) => String.fromCodePoint(place < 188 ? byte : next++));
}

function byByte(letters: readonly string[]): readonly string[] {
  const byByte: string[] = [];
  for (const [place, byte] of byteOrder().entries()) byByte[byte] = letters[place] ?? '';
  return byByte;
}

function idOf(ids: ReadonlyMap<string, number>, token: string): number {
  const id = ids.get(token);
  if (id === undefined) throw new RangeError(`The merges do not make the token "${token}".`);
  return id;
}
