import { describe, expect, it } from '@jest/globals';
import { withoutClaims } from '../../src/grounding/without-claims.js';

const without = (caption: string, ...words: string[]): string | undefined =>
  withoutClaims(
    caption,
    words.map((word) => ({ from: caption.indexOf(word), to: caption.indexOf(word) + word.length })),
  );

describe('withoutClaims', () => {
  it.each([
    ['A man walks. The camera pans left.', 'pans left', 'A man walks.'],
    ['A man walks while the camera pans left.', 'pans left', 'A man walks.'],
    ['As the camera pans left, a man walks.', 'pans left', 'A man walks.'],
    ['A man walks, then a dog runs; the car waits.', 'dog', 'A man walks; the car waits.'],
    ['It says "STOP. GO." A cat sits.', 'cat', 'It says "STOP. GO."'],
    ['It says "STOP." A cat sits.', 'STOP', 'A cat sits.'],
    ['Two dogs run as the sun sets', 'sun', 'Two dogs run.'],
  ])('takes the clause or the sentence out of "%s"', (caption, word, rest) => {
    expect(without(caption, word)).toBe(rest);
  });

  it('gives up the sentence with its main clause', () => {
    expect(without('As the camera pans left, a man walks. A dog barks.', 'man')).toBe(
      'A dog barks.',
    );
    expect(without('A man and a dog walk while it rains.', 'dog')).toBeUndefined();
  });

  it('finds the right one of two equal sentences', () => {
    const caption = 'A dog. A dog. A cat.';
    expect(withoutClaims(caption, [{ from: 9, to: 12 }])).toBe('A dog. A cat.');
  });

  it('leaves a caption alone where there is nothing to take', () => {
    expect(withoutClaims('A dog barks. It rains', [])).toBe('A dog barks. It rains');
  });
});
