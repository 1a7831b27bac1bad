import { describe, expect, it } from '@jest/globals';
import { pictureFacts } from '../../src/facts/picture.js';

function facts(width: number, height: number, colour: (x: number, y: number) => readonly number[]) {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) data.set(colour(x, y), at);
  }
  return pictureFacts()({ width, height, format: 'rgb24', data });
}

describe('the look of a picture', () => {
  it('measures black and white halves as half bright and of full contrast', () => {
    const look = facts(40, 20, (x) => (x < 20 ? [0, 0, 0] : [255, 255, 255]));
    expect(look).toMatchObject({ luminance: 127.5, contrast: 127.5, colourfulness: 0 });
  });

  it('finds the colourfulness of red and blue halves as the formula gives it', () => {
    const { colourfulness } = facts(10, 10, (x) => (x < 5 ? [255, 0, 0] : [0, 0, 255]));
    // rg is 255 and 0, yb 127.5 and -255: deviations 127.5 and 191.25, means 127.5 and -63.75.
    expect(colourfulness).toBeCloseTo(
      Math.hypot(127.5, 191.25) + 0.3 * Math.hypot(127.5, 63.75),
      6,
    );
  });

  it('finds a fine checkerboard sharper than a coarse one, and a slope not sharp at all', () => {
    const board = (side: number) =>
      facts(64, 64, (x, y) =>
        Array<number>(3).fill((Math.floor(x / side) + Math.floor(y / side)) % 2 === 0 ? 40 : 200),
      );
    expect(board(1).sharpness).toBeGreaterThan(board(8).sharpness);
    expect(facts(64, 64, (x) => [x, x, x]).sharpness).toBe(0);
  });
});
