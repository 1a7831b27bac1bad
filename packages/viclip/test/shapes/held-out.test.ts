import { describe, expect, it } from '@jest/globals';

import { captionsOf } from '../../src/shapes/captions.js';
import {
  allFilms,
  backwards,
  COLOURS,
  MOTIONS,
  SHAPES,
  type ShapesFilm,
} from '../../src/shapes/film.js';
import { isHeldOut } from '../../src/shapes/held-out.js';

const LEARNT = allFilms().filter((film) => !isHeldOut(film));
const HELD = allFilms().filter(isHeldOut);

function things(film: ShapesFilm): readonly string[] {
  const both = film.kind === 'sequence' ? film.things : [film.thing];
  return both.map(({ colour, shape }) => `${colour} ${shape}`);
}

describe('the split of drawn films', () => {
  it('holds out about a seventh of each kind', () => {
    for (const kind of ['motion', 'turn', 'sequence'] as const) {
      const all = allFilms().filter((film) => film.kind === kind).length;
      const held = HELD.filter((film) => film.kind === kind).length;
      expect(held / all).toBeGreaterThan(0.1);
      expect(held / all).toBeLessThan(0.2);
    }
  });

  it('has no caption on both sides', () => {
    const learnt = new Set(LEARNT.flatMap(captionsOf));
    expect(HELD.flatMap(captionsOf).filter((caption) => learnt.has(caption))).toEqual([]);
  });

  it('never learns from a held-out film backwards, in another size or in another number', () => {
    for (const film of HELD) {
      expect(isHeldOut(backwards(film))).toBe(true);
      if (film.kind === 'motion')
        expect(isHeldOut({ ...film, count: 1, size: 'small' })).toBe(true);
    }
  });

  it('leaves every colour of every shape, and every motion with both, to learn from', () => {
    expect(new Set(LEARNT.flatMap(things)).size).toBe(SHAPES.length * COLOURS.length);
    const pairs = LEARNT.flatMap((film) =>
      film.kind === 'motion'
        ? [`${film.motion} ${film.thing.shape}`, `${film.motion} ${film.thing.colour}`]
        : [],
    );
    expect(new Set(pairs).size).toBe(MOTIONS.length * (SHAPES.length + COLOURS.length));
  });
});
