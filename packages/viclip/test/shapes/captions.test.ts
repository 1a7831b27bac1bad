import { describe, expect, it } from '@jest/globals';

import { captionsOf, plainCaption } from '../../src/shapes/captions.js';
import { allFilms, backwards, filmName } from '../../src/shapes/film.js';
import { captionWords, mergesFor } from '../../src/shapes/vocabulary.js';
import { clipTokenizer } from '../../src/tokenizer/clip-tokenizer.js';

describe('captionsOf', () => {
  it('words a film in several ways', () => {
    const red = { shape: 'disc', colour: 'red' } as const;
    const orange = { shape: 'cross', colour: 'orange' } as const;
    expect(
      [
        { kind: 'motion', thing: red, count: 1, size: 'small', motion: 'left' } as const,
        { kind: 'motion', thing: orange, count: 3, size: undefined, motion: 'grows' } as const,
        { kind: 'turn', thing: red, size: 'large', moves: ['up', 'left'] } as const,
        { kind: 'sequence', things: [red, orange] } as const,
      ].map((film) => [captionsOf(film)[0], captionsOf(film).at(-1)]),
    ).toEqual([
      ['A small red disc moves left.', 'A little red circle goes left.'],
      ['Three orange crosses grow.', 'Three orange crosses get bigger.'],
      ['A large red disc moves up, then left.', 'A big red circle moves left after going up.'],
      ['A red disc appears, then an orange cross.', 'An orange cross appears after a red circle.'],
    ]);
  });

  it('never gives two films the same caption', () => {
    const owners = new Map<string, string>();
    const doubled: string[] = [];
    for (const film of allFilms()) {
      for (const caption of captionsOf(film)) {
        if ((owners.get(caption) ?? filmName(film)) !== filmName(film)) doubled.push(caption);
        owners.set(caption, filmName(film));
      }
    }
    expect(owners.size).toBeGreaterThan(20_000);
    expect(doubled).toEqual([]);
  });
});

describe('backwards', () => {
  it('gives another film of the world, and the first one when done twice', () => {
    const names = new Set(allFilms().map(filmName));
    expect(names.size).toBe(4200);
    for (const film of allFilms()) {
      expect(names).toContain(filmName(backwards(film)));
      expect(backwards(backwards(film))).toEqual(film);
    }
  });
});

describe('the vocabulary of captions', () => {
  const tokenizer = clipTokenizer(mergesFor(captionWords()));

  it('has one token for each word, and few tokens besides', () => {
    const words = captionWords();
    expect(words).toContain('triangles');
    expect(words.filter((word) => tokenizer.encode(word).length !== 1)).toEqual([]);
    expect(tokenizer.vocabularySize).toBeLessThan(700);
  });

  it('leaves all captions shorter than the context of the model', () => {
    const longest = Math.max(
      ...allFilms().map((film) => tokenizer.encode(captionsOf(film).at(-1) ?? '').length),
      ...allFilms().map((film) => tokenizer.encode(plainCaption(film)).length),
    );
    expect(longest).toBeLessThanOrEqual(16);
  });
});
