import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import { appearance } from '../../src/facts/appearance.js';
import { bordersGauge } from '../../src/facts/borders.js';
import { drawPicture, lookAt, lookThrough, normalNumbers } from './drawn-picture.js';

type Sides = { top?: number; bottom?: number; left?: number; right?: number };

/** A wavy picture inside bars. */
function barred(sides: Sides, level = 130, at = 0): Picture {
  const { top = 0, bottom = 0, left = 0, right = 0 } = sides;
  return drawPicture(256, 144, (x, y) => {
    if (x < left || y < top || x >= 256 - right || y >= 144 - bottom) return 2;
    return level * (1 + 0.3 * Math.sin((x + 9 * at) / 9) * Math.cos(y / 7));
  });
}

function borders(pictures: readonly Picture[]) {
  return lookThrough(bordersGauge(), pictures);
}

const ten = <Value>(make: (index: number) => Value): readonly Value[] =>
  Array.from({ length: 10 }, (_, index) => make(index));

describe('black borders', () => {
  it.each<[Sides, number, number]>([
    [{}, 0, 0],
    [{ top: 18, bottom: 18 }, 0.25, 0],
    [{ left: 64, right: 64 }, 0, 0.5],
    [{ top: 12, bottom: 20, left: 30, right: 34 }, 32 / 144, 0.25],
  ])('of %j are found to the pixel', (sides, letterboxRatio, pillarboxRatio) => {
    const { facts } = borders(ten((at) => barred(sides, 130, at)));
    expect(facts.borderPixels).toEqual({ top: 0, bottom: 0, left: 0, right: 0, ...sides });
    expect(facts.letterboxRatio).toBeCloseTo(letterboxRatio, 4);
    expect(facts.pillarboxRatio).toBeCloseTo(pillarboxRatio, 4);
    expect(facts.borderRatio).toBeCloseTo(1 - (1 - letterboxRatio) * (1 - pillarboxRatio), 3);
  });

  it('are found through black frames and a subtitle in a bar, but not where they go away', () => {
    const black = drawPicture(256, 144, () => 0);
    const subtitled = drawPicture(256, 144, (x, y) => {
      if (y >= 130 && y < 134 && x > 126 && x < 131) return 220;
      return y < 18 || y >= 126 ? 2 : 130 + 40 * Math.sin(x / 9);
    });
    const letterbox = { top: 18, bottom: 18 };
    const mixed = ten((at) => (at < 4 ? black : at < 6 ? subtitled : barred(letterbox, 120, at)));
    expect(borders(mixed).facts.letterboxRatio).toBe(0.25);
    const leaving = ten((at) => barred(at < 5 ? letterbox : {}, 120, at));
    expect(borders(leaving).facts.borderRatio).toBe(0);
  });

  it('are not taken for them: a night scene that fades into black, and a spotlight', () => {
    const normal = normalNumbers(5);
    const night = ten(() =>
      drawPicture(256, 144, (x, y) => {
        const distance = Math.hypot(x - 128, y - 72) + 2 * normal();
        return Math.max(0, 190 - 2.4 * distance);
      }),
    );
    expect(borders(night).facts.borderRatio).toBe(0);
  });

  it('are missing where every frame is black', () => {
    const { facts, missing } = borders(ten(() => drawPicture(256, 144, () => 0)));
    expect(facts).toEqual({});
    expect(missing).toMatchObject({ borderRatio: 'no-picture', borderPixels: 'no-picture' });
  });

  it('do not make the picture inside them darker', () => {
    const look = (sides: Sides) => {
      const bars = bordersGauge();
      const gauge = appearance(bars);
      for (const [at, picture] of ten((index) => barred(sides, 130, index)).entries()) {
        bars.look(lookAt(picture, at * 200));
        gauge.look(lookAt(picture, at * 200));
      }
      return gauge.over({ startMs: 0, endMs: 2000 }).facts;
    };
    const [whole, inBars] = [look({}), look({ left: 72, right: 72 })];
    expect(Math.abs(Number(inBars.luminance) - Number(whole.luminance))).toBeLessThan(5);
    expect(inBars.underExposedRatio).toBe(0);
  });
});
