import { describe, expect, it } from '@jest/globals';
import { pictureFacts, type PictureFacts } from '../../src/facts/picture.js';
import { drawPicture, lookAt, normalNumbers, type Paint } from './drawn-picture.js';

function facts(width: number, height: number, paint: Paint): PictureFacts {
  return pictureFacts(lookAt(drawPicture(width, height, paint)));
}

describe('the look of a picture', () => {
  it('measures black and white halves as half bright, of full contrast, half lost and half burned out', () => {
    const look = facts(40, 20, (x) => (x < 20 ? 0 : 255));
    expect(look).toMatchObject({ luminance: 127.5, contrast: 127.5, colourfulness: 0 });
    expect(look).toMatchObject({ underExposed: 0.5, overExposed: 0.5 });
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
      facts(64, 64, (x, y) => ((Math.floor(x / side) + Math.floor(y / side)) % 2 === 0 ? 40 : 200));
    expect(board(1).sharpness).toBeGreaterThan(board(8).sharpness);
    expect(facts(64, 64, (x) => x).sharpness).toBe(0);
  });

  it('calls drawn areas flat but for their edges', () => {
    expect(facts(102, 102, (x) => (x < 51 ? 40 : 200)).flat).toBeCloseTo(0.99, 3);
    expect(facts(64, 64, (x) => x * 4).flat).toBe(0);
  });
});

describe('the noise of a picture', () => {
  it.each([[2], [5], [12]])('is found within a tenth on a slope, at %d grey levels', (sigma) => {
    const normal = normalNumbers(7);
    const { noise } = facts(256, 144, (x, y) => 60 + x / 4 + y / 3 + sigma * normal());
    // The smoothest quarter of the blocks is a little below the whole.
    expect(noise).toBeGreaterThan(0.9 * sigma);
    expect(noise).toBeLessThan(1.05 * sigma);
  });

  it('is found beside texture, and is near nothing without noise', () => {
    const normal = normalNumbers(3);
    const scene = (x: number, y: number): number =>
      x < 128 ? 120 + 60 * Math.sin(x * 1.7) * Math.sin(y * 1.3) : 90 + y / 3;
    expect(facts(256, 144, (x, y) => scene(x, y) + 6 * normal()).noise).toBeCloseTo(6, 0);
    expect(facts(256, 144, scene).noise).toBeLessThan(0.5);
  });

  it('is unknown where all is black or burned out', () => {
    expect(facts(64, 64, () => 3).noise).toBeUndefined();
    expect(facts(64, 64, () => 252).noise).toBeUndefined();
  });
});
