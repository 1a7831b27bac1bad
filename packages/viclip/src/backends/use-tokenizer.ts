/** A piece of text and its log probability; its place in the vocabulary is its id. */
export type VocabularyEntry = readonly [piece: string, logProbability: number];

/** Cuts text into the ids of vocabulary pieces. */
export interface Tokenizer {
  /** Ids of the most probable pieces; none for blank text. */
  encode(text: string): readonly number[];
}

const WORD_START = '\u2581';
const UNKNOWN = 0;
/** The first entries are control symbols, which no text may produce. */
const RESERVED = 6;
/** What SentencePiece takes off the lowest log probability for a character that no piece covers (`kUnkPenalty`). */
const UNKNOWN_PENALTY = 10;

/**
 * The unigram tokenizer of the Universal Sentence Encoder: NFKC, runs of white space as one word start, then the split into
 * pieces with the highest sum of log probabilities (Kudo 2018, "Subword Regularization", section 3.2). Neighbouring unknown
 * characters become one unknown piece, as in SentencePiece.
 */
export function unigramTokenizer(vocabulary: readonly VocabularyEntry[]): Tokenizer {
  const pieces = new Map<string, { readonly id: number; readonly score: number }>();
  let longest = 1;
  let lowest = 0;
  for (const [id, [piece, score]] of vocabulary.entries()) {
    if (id < RESERVED) continue;
    pieces.set(piece, { id, score });
    longest = Math.max(longest, [...piece].length);
    lowest = Math.min(lowest, score);
  }
  const unknown = { id: UNKNOWN, score: lowest - UNKNOWN_PENALTY };

  return {
    encode(text) {
      const symbols = [...marked(text)];
      const best = new Float64Array(symbols.length + 1).fill(-Infinity);
      const ids = new Int32Array(symbols.length + 1);
      const starts = new Int32Array(symbols.length + 1);
      best[0] = 0;
      for (let start = 0; start < symbols.length; start++) {
        let piece = '';
        for (let end = start + 1; end <= Math.min(start + longest, symbols.length); end++) {
          piece += symbols[end - 1] ?? '';
          const found = pieces.get(piece) ?? (end === start + 1 ? unknown : undefined);
          if (found === undefined) continue;
          const score = at(best, start) + found.score;
          if (score <= at(best, end)) continue;
          best[end] = score;
          ids[end] = found.id;
          starts[end] = start;
        }
      }
      return walkBack(ids, starts);
    },
  };
}

function marked(text: string): string {
  const words = text
    .normalize('NFKC')
    .split(/\s+/)
    .filter((word) => word !== '');
  return words.map((word) => WORD_START + word).join('');
}

function walkBack(ids: Int32Array, starts: Int32Array): readonly number[] {
  const path: number[] = [];
  for (let end = ids.length - 1; end > 0; end = at(starts, end)) {
    const id = at(ids, end);
    if (id !== UNKNOWN || path.at(-1) !== UNKNOWN) path.push(id);
  }
  return path.reverse();
}

/** Reads inside the bounds that the loops above keep. */
function at(values: Float64Array | Int32Array, index: number): number {
  return values[index] ?? 0;
}
