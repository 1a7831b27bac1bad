import { describe, expect, it } from '@jest/globals';
import { combedShare } from '../../src/facts/combing.js';

function grey(paint: (x: number, y: number) => number) {
  const [width, height] = [320, 200];
  const data = Uint8Array.from({ length: width * height }, (_, at) =>
    paint(at % width, Math.floor(at / width)),
  );
  return { width, height, format: 'gray8', data } as const;
}

const wave = (x: number, y: number): number => 128 + 90 * Math.sin(x / 5) * Math.cos(y / 17);

describe('combing', () => {
  it('is found where lines of two moments are woven', () => {
    expect(combedShare(grey((x, y) => wave(x + (y % 2) * 8, y)))).toBeGreaterThan(0.9);
  });

  it('is found in the part of the picture that moves', () => {
    const half = combedShare(grey((x, y) => wave(x < 160 ? x + (y % 2) * 8 : x, y)));
    expect(half).toBeGreaterThan(0.4);
    expect(half).toBeLessThan(0.6);
  });

  it('is not found in what is not woven: a wave, noise, thick stripes, a flat picture', () => {
    let state = 1;
    const random = (): number => (state = Math.imul(state, 48271) >>> 1) % 256;
    const pictures = [wave, random, (_: number, y: number) => ((y >> 2) % 2) * 200, () => 80];
    expect(pictures.map((paint) => combedShare(grey(paint)))).toEqual([0, 0, 0, 0]);
  });
});
