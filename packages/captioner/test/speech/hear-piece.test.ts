import { describe, expect, it } from '@jest/globals';
import { hearPiece, type Hear } from '../../src/speech/hear-piece.js';
import type { SpeechPiece } from '../../src/speech/speech-pieces.js';
import type { HeardPiece } from '../../src/transformers/model-messages.js';

const RATE = 16_000;
/** Ten seconds from 20 s on, with speech in 20.5 to 23, 24 to 26 and 27 to 29.5 s. */
const piece: SpeechPiece = {
  firstSample: 20 * RATE,
  samples: new Float32Array(10 * RATE),
  speech: [
    { startMs: 20_500, endMs: 23_000 },
    { startMs: 24_000, endMs: 26_000 },
    { startMs: 27_000, endMs: 29_500 },
  ],
};
const heard = (words: HeardPiece['words'], averageLogProbability = -0.3): HeardPiece => ({
  words,
  language: 'en',
  averageLogProbability,
});
const word = (text: string, startS: number, endS: number): HeardPiece['words'][number] => ({
  text: ` ${text}`,
  startS,
  endS,
});

/** Answers one question after the other, and keeps how long the sound of each was. */
function answering(...answers: readonly HeardPiece[]): {
  readonly hear: Hear;
  readonly seconds: number[];
} {
  const seconds: number[] = [];
  const hear: Hear = (samples) => {
    seconds.push(samples.length / RATE);
    return Promise.resolve(answers[seconds.length - 1]!);
  };
  return { hear, seconds };
}

describe('hearPiece', () => {
  it('gives words their times in the whole sound', async () => {
    const { hear, seconds } = answering(
      heard([word('one', 0, 1.2), word('two.', 4.2, 5), word('three', 7.2, 8)]),
    );
    const { words } = await hearPiece(piece, 60_000, hear);
    expect(words).toEqual([
      // The first word begins where somebody speaks, not with the piece.
      { text: 'one', startMs: 20_500, endMs: 21_200 },
      { text: 'two.', startMs: 24_200, endMs: 25_000 },
      { text: 'three', startMs: 27_200, endMs: 28_000 },
    ]);
    expect(seconds).toEqual([10]);
  });

  it('listens once more to a stretch of speech that was left out, and to nothing else', async () => {
    const { hear, seconds } = answering(
      heard([word('one', 0.6, 1.2), word('three', 7.2, 8)]),
      heard([word('two', 0.4, 1)]),
    );
    const { words } = await hearPiece(piece, 60_000, hear);
    expect(words.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    expect(words[1]).toEqual({ text: 'two', startMs: 24_100, endMs: 24_700 });
    expect(seconds).toEqual([10, 2.6]);
  });

  it('listens to the stretches of a piece one by one where the whole was a loop', async () => {
    const loop = Array.from({ length: 12 }, (_, at) => word('no', at / 2, at / 2 + 0.4));
    const { hear, seconds } = answering(
      heard(loop),
      heard([word('one', 0.5, 1)]),
      heard([word('guess', 0.5, 1)], -3),
      heard([word('three', 0.5, 1)]),
    );
    const { words, rejected } = await hearPiece(piece, 60_000, hear);
    expect(words.map(({ text }) => text)).toEqual(['one', 'three']);
    expect(rejected).toEqual([
      { startMs: 23_700, endMs: 26_300, text: 'guess', reason: 'uncertain' },
    ]);
    expect(seconds).toHaveLength(4);
  });

  it('believes a piece of noise no more the second time', async () => {
    const { hear, seconds } = answering(heard([word('you', 0, 1)], -2.4));
    const { words, rejected } = await hearPiece(piece, 60_000, hear);
    expect(words).toEqual([]);
    expect(rejected).toMatchObject([{ text: 'you', reason: 'uncertain' }]);
    expect(seconds).toHaveLength(1);
  });

  it('keeps words in order and inside the sound, whatever times a decoder gives them', async () => {
    const { hear } = answering(
      heard([
        word('a', 1, 0.5),
        word('b', 0.9, 0.9),
        word('c', 0.9, 0.95),
        word('d', 4.5, 99),
        word('e', 7.5, 300),
      ]),
    );
    const { words } = await hearPiece(piece, 29_000, hear);
    words.forEach(({ startMs, endMs }, at) => {
      expect(endMs).toBeGreaterThan(startMs);
      expect(startMs).toBeGreaterThanOrEqual(words[at - 1]?.endMs ?? 20_000);
    });
    expect(words.at(-1)!.endMs).toBeLessThanOrEqual(29_000);
  });
});
