import { describe, expect, it } from '@jest/globals';

import { regionWithoutBars } from '../../../src/dedup/perceptual/borders.js';

const SIDE = 128;

/** A picture that changes from frame to frame inside a box, and is `bar` outside. */
function frames(box: { left: number; right: number; top: number; bottom: number }, bar: number) {
  return [0, 1, 2].map((frame) =>
    Uint8Array.from({ length: SIDE * SIDE }, (_, at) => {
      const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
      const isInside = x >= box.left && x < box.right && y >= box.top && y < box.bottom;
      return isInside ? 80 + ((x * 7 + y * 13 + frame * 31) % 170) : bar + ((x + y + frame) % 3);
    }),
  );
}

const WHOLE = { left: 0, right: SIDE, top: 0, bottom: SIDE };

describe('bars', () => {
  it('are found above and below, and on both sides, also where the picture was brightened', () => {
    const letterbox = { ...WHOLE, top: 16, bottom: 112 };
    const pillarbox = { ...WHOLE, left: 28, right: 100 };
    expect(regionWithoutBars(frames(letterbox, 0), SIDE)).toEqual(letterbox);
    expect(regionWithoutBars(frames(pillarbox, 25), SIDE)).toEqual(pillarbox);
  });

  it('are not seen where only one side is dark, or where the edges are bright', () => {
    expect(regionWithoutBars(frames({ ...WHOLE, right: 100 }, 5), SIDE)).toEqual(WHOLE);
    expect(regionWithoutBars(frames({ ...WHOLE, top: 16, bottom: 112 }, 200), SIDE)).toEqual(WHOLE);
  });

  it('are not all there is: a black film keeps its picture', () => {
    expect(regionWithoutBars([new Uint8Array(SIDE * SIDE)], SIDE)).toEqual(WHOLE);
    expect(regionWithoutBars([], SIDE)).toEqual(WHOLE);
  });
});
