import { describe, expect, it } from '@jest/globals';

import { allFilms, filmName } from '../../src/shapes/film.js';
import { ATTRIBUTES, questionsAbout } from '../../src/shapes/questions.js';

const QUESTIONS = allFilms()
  .filter((_, place) => place % 11 === 0)
  .flatMap((film) => questionsAbout(film).map((question) => ({ film, ...question })));

describe('questionsAbout', () => {
  it('asks after every attribute', () => {
    const asked = new Set(QUESTIONS.map(({ attribute }) => attribute));
    expect([...asked].sort()).toEqual([...ATTRIBUTES].sort());
  });

  it('offers the film first, then different films that there are', () => {
    const names = new Set(allFilms().map(filmName));
    for (const { film, answers } of QUESTIONS) {
      const offered = answers.map(filmName);
      expect(offered[0]).toBe(filmName(film));
      expect(new Set(offered).size).toBe(offered.length);
      expect(offered.length).toBeGreaterThan(1);
      expect(offered.filter((name) => !names.has(name))).toEqual([]);
    }
  });
});
