import { describe, expect, it } from '@jest/globals';
import { decodeLine } from '../src/text-line.js';
import { textRegions } from '../src/text-regions.js';

/** A map of zeros with rectangles of one probability. */
function mapOf(
  width: number,
  height: number,
  ...areas: [x: number, y: number, w: number, h: number, p: number][]
): Float32Array {
  const map = new Float32Array(width * height);
  for (const [x, y, w, h, p] of areas) {
    for (let row = y; row < y + h; row++) map.fill(p, row * width + x, row * width + x + w);
  }
  return map;
}

describe('textRegions', () => {
  it('grows a region back by area x 1.5 / perimeter', () => {
    expect(textRegions(mapOf(100, 50, [20, 20, 40, 8, 0.9]), 100, 50)).toEqual([[15, 15, 50, 18]]);
  });

  it('leaves out the unsure and the tiny', () => {
    expect(textRegions(mapOf(100, 50, [5, 5, 20, 6, 0.5], [50, 20, 10, 2, 0.9]), 100, 50)).toEqual(
      [],
    );
  });

  it('reads lines from top to bottom and words of a line from left to right', () => {
    const lefts = textRegions(
      mapOf(200, 100, [120, 11, 40, 10, 0.9], [20, 10, 40, 10, 0.9], [70, 60, 40, 10, 0.9]),
      200,
      100,
    ).map(([left]) => left);
    expect(lefts).toEqual(
      [...lefts].sort(
        (a, b) =>
          [20, 120, 70].findIndex((x) => Math.abs(x - a) < 15) -
          [20, 120, 70].findIndex((x) => Math.abs(x - b) < 15),
      ),
    );
    expect(lefts.length).toBe(3);
  });

  it('keeps a region inside the picture', () => {
    expect(textRegions(mapOf(60, 30, [0, 0, 60, 10, 0.9]), 60, 30)).toEqual([[0, 0, 60, 17]]);
  });
});

describe('decodeLine', () => {
  const dictionary = ['a', 'b'];
  const step = (best: number, p: number): number[] =>
    Array.from({ length: 4 }, (_, at) => (at === best ? p : 0));

  it('joins repetitions, drops blanks and knows the space', () => {
    const data = Float32Array.from(
      [step(1, 0.5), step(1, 0.9), step(0, 1), step(1, 1), step(3, 1), step(2, 0.5)].flat(),
    );
    expect(decodeLine({ data, shape: [1, 6, 4] }, dictionary)).toEqual({
      text: 'aa b',
      confidence: 0.75,
    });
  });

  it('has no confidence where there is nothing to read', () => {
    expect(
      decodeLine({ data: Float32Array.from(step(0, 1)), shape: [1, 1, 4] }, dictionary),
    ).toEqual({ text: '', confidence: 0 });
  });

  it('refuses a dictionary of another model', () => {
    expect(() => decodeLine({ data: new Float32Array(5), shape: [1, 1, 5] }, dictionary)).toThrow(
      RangeError,
    );
  });
});
