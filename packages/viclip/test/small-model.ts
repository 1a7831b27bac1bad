import type { ClipTokenizer } from '../src/tokenizer/clip-tokenizer.js';
import type { ViclipConfig } from '../src/variants.js';

/** A model small enough for a test: a pass takes milliseconds. */
export const SMALL: ViclipConfig = {
  vision: { width: 48, layers: 2, heads: 4, patch: 8, image: 32, frames: 4 },
  text: { width: 32, layers: 2, heads: 2, context: 16, vocabulary: 256 },
  dimension: 24,
};

/** Bytes as tokens, 254 before them and 255 after: the published merges are not part of the repository. */
export const byteTokenizer: ClipTokenizer = {
  vocabularySize: SMALL.text.vocabulary,
  encode: (text) => [...Buffer.from(text)].map((byte) => Math.min(byte, 253)),
  tokenize(texts, contextLength = SMALL.text.context) {
    const rows = texts.map((text) => {
      const ids = [254, ...this.encode(text).slice(0, contextLength - 2), 255];
      return [...ids, ...new Array<number>(contextLength - ids.length).fill(0)];
    });
    return Int32Array.from(rows.flat());
  },
};
