import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import { stillness } from '../../src/facts/stillness.js';
import { drawPicture, lookThrough, normalNumbers } from './drawn-picture.js';

const scene = (shift: number): Picture =>
  drawPicture(256, 144, (x, y) => 120 + 70 * Math.sin((x + shift) / 11) * Math.cos(y / 13));

const still = scene(0);

describe('stillness', () => {
  it('is whole for one picture held, and nothing for one that moves', () => {
    const held = lookThrough(stillness(), Array<Picture>(20).fill(still)).facts;
    expect(held).toEqual({ freezeRatio: 1, holdRatio: 1, frameChange: 0, changedAreaRatio: 0 });
    const moves = Array.from({ length: 20 }, (_, index) => scene(index * 4));
    expect(lookThrough(stillness(), moves).facts).toMatchObject({ freezeRatio: 0, holdRatio: 0 });
  });

  it('outlives the noise that an encoder leaves, but not a small thing that moves', () => {
    const normal = normalNumbers(9);
    const noisy = Array.from({ length: 10 }, () =>
      drawPicture(256, 144, (x, y) => 120 + 70 * Math.sin(x / 11) * Math.cos(y / 13) + normal()),
    );
    expect(lookThrough(stillness(), noisy).facts.freezeRatio).toBe(1);
    const dot = Array.from({ length: 10 }, (_, at) =>
      drawPicture(256, 144, (x, y) => (Math.hypot(x - 20 - 3 * at, y - 60) < 4 ? 250 : 90)),
    );
    const { freezeRatio, changedAreaRatio } = lookThrough(stillness(), dot).facts;
    expect(freezeRatio).toBe(0);
    expect(changedAreaRatio).toBeLessThan(0.04);
  });

  it('counts time, not frames, and holds from a second on only', () => {
    // Still for 1.4 s, moving for 0.6 s, still for 0.4 s, moving for 0.4 s.
    const shifts = [0, 0, 0, 0, 0, 0, 0, 0, 5, 10, 15, 15, 15, 20, 25];
    const { freezeRatio, holdRatio } = lookThrough(stillness(), shifts.map(scene)).facts;
    expect(freezeRatio).toBeCloseTo(1.8 / 2.8, 4);
    expect(holdRatio).toBeCloseTo(1.4 / 2.8, 4);
  });

  it('is missing where a span holds one look, or none', () => {
    const gauge = stillness();
    lookThrough(gauge, [still, still]);
    expect(gauge.over({ startMs: 0, endMs: 100 }).missing?.freezeRatio).toBe('too-short');
    expect(gauge.over({ startMs: 900, endMs: 1000 }).missing?.freezeRatio).toBe('no-frames');
  });
});
