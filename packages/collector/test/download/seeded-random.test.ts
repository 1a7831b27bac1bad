import { expect, it } from '@jest/globals';
import { seededRandom } from '../../src/download/seeded-random.js';

it('gives the same numbers for the same seed, other ones for another, all from 0 to 1', () => {
  const [a, again, other] = ['a', 'a', 'b'].map((seed) => {
    const next = seededRandom(seed);
    return Array.from({ length: 200 }, next);
  });
  expect(again).toEqual(a);
  expect(other).not.toEqual(a);
  expect(a!.every((value) => value >= 0 && value < 1)).toBe(true);
  const mean = a!.reduce((sum, value) => sum + value, 0) / 200;
  // The mean of 200 uniform numbers lies within five standard errors, 5 / sqrt(12 * 200), of a half.
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.102);
});
