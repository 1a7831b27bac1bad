import { describe, expect, it } from '@jest/globals';
import { likeliestLanguage } from '../../src/transformers/whisper-model.js';
import { whisperWords } from '../../src/transformers/whisper-words.js';

const MARK = 100;

/** Words of pieces of text, each with the time that its token was given; `undefined` is a mark of time. */
function wordsOf(
  ...pieces: readonly (readonly [text: string | undefined, time: number])[]
): readonly (readonly [string, number, number])[] {
  const texts = pieces.map(([text]) => text ?? '');
  const words = whisperWords({
    tokens: pieces.map(([text], at) => (text === undefined ? MARK + at : at)),
    times: pieces.map(([, time]) => time),
    firstMark: MARK,
    decode: (tokens) => {
      const bytes = tokens.flatMap((token) => [...Buffer.from(texts[token]!, 'latin1')]);
      return Buffer.from(bytes).toString('utf8');
    },
  });
  return words.map(({ text, startS, endS }) => [text, startS, endS]);
}
const utf8 = (text: string): string => Buffer.from(text).toString('latin1');

describe('whisperWords', () => {
  it('begins a word at the time of the token before it', () => {
    expect(wordsOf([undefined, 0.5], [' Lift', 1], [' off', 1.4], [undefined, 1.4])).toEqual([
      [' Lift', 0.5, 1],
      [' off', 1, 1.4],
    ]);
  });

  it('puts the parts of a word together and gives punctuation no time', () => {
    expect(
      wordsOf(
        [undefined, 0],
        [' NASA', 0.5],
        ["'s", 0.7],
        [',', 3],
        [' "', 3.1],
        ['we', 3.3],
        [undefined, 3.3],
      ),
    ).toEqual([
      [" NASA's,", 0, 0.7],
      [' "we', 3, 3.3],
    ]);
  });

  it('waits for characters that are several tokens, and counts those of unspaced scripts as words', () => {
    const [first, second] = [utf8('界').slice(0, 1), utf8('界').slice(1)];
    expect(
      wordsOf([undefined, 0], [utf8('世'), 0.3], [first, 0.4], [second, 0.6], [utf8('。'), 1]),
    ).toEqual([
      ['世', 0, 0.3],
      ['界。', 0.3, 0.6],
    ]);
  });

  it('leaves out what has no letter', () => {
    expect(wordsOf([undefined, 0], [' ...', 1], [utf8(' ♪'), 2])).toEqual([]);
  });
});

describe('likeliestLanguage', () => {
  it('is the one whose token the model holds likeliest', () => {
    const chances = [0.1, 0.2, 0.6];
    const tokens = { '<|en|>': 0, '<|de|>': 1, '<|yue|>': 2 };
    expect(likeliestLanguage(tokens, (token) => chances[token] ?? 0)).toBe('yue');
    expect(likeliestLanguage({}, () => 0)).toBe('und');
  });
});
