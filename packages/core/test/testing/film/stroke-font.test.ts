import { describe, expect, it } from '@jest/globals';
import { lettering } from '../../../src/testing/film/stroke-font.js';

describe('lettering', () => {
  it('has every letter, digit and punctuation mark that it promises', () => {
    for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:!?'-") {
      expect(lettering(character, 12).lines.length).toBeGreaterThan(0);
    }
  });

  it('draws small letters as capitals', () => {
    expect(lettering('shot', 12)).toEqual(lettering('SHOT', 12));
  });

  it('scales to the height of the letters', () => {
    const ys = lettering('H', 60).lines.flatMap(([from, to]) => [from[1], to[1]]);
    expect([Math.min(...ys), Math.max(...ys)]).toEqual([0, 60]);
  });

  it('centres the lines of a text on each other', () => {
    const narrow = lettering('I\nWWW', 12).lines.filter(([from]) => from[1] <= 12);
    const xs = narrow.flatMap(([from, to]) => [from[0], to[0]]);
    expect((Math.min(...xs) + Math.max(...xs)) / 2).toBeCloseTo(lettering('WWW', 12).width / 2);
  });

  it('names a character that it does not have', () => {
    expect(() => lettering('ÄH', 12)).toThrow(new RangeError('The stroke font has no "Ä".'));
  });
});
