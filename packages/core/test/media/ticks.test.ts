import { describe, expect, it } from '@jest/globals';

import { firstTickAt, reduce, startTick, ticksToMs } from '../../src/media/ticks.js';

describe('ticksToMs', () => {
  it('rounds down from exact ticks', () => {
    const film = { timeBase: { num: 1, den: 24_000 }, startTicks: 0 };
    expect(ticksToMs(film, 1001)).toBe(41);
    const broadcast = { timeBase: { num: 1, den: 90_000 }, startTicks: 48_600 };
    // 4.64 s: 4639.999… in binary floating point.
    expect(ticksToMs(broadcast, 48_600 + 417_600)).toBe(4640);
    expect(ticksToMs(broadcast, 48_599)).toBe(-1);
  });

  it('is exact for times and time bases far beyond those of videos', () => {
    const fine = { timeBase: { num: 1, den: 1_000_000_000 }, startTicks: 0 };
    expect(ticksToMs(fine, 359_999_999_000_000 - 1)).toBe(359_999_998);
    const coarse = { timeBase: { num: 33_333, den: 500_000 }, startTicks: -7 };
    expect(ticksToMs(coarse, 1_000_000)).toBe(Number((1_000_007n * 33_333n * 1000n) / 500_000n));
  });

  it('agrees with firstTickAt on where a millisecond begins', () => {
    const clock = { timeBase: { num: 1001, den: 30_000 }, startTicks: 17 };
    for (const timeMs of [0, 1, 33, 34, 66, 67, 1001, 123_456]) {
      const tick = firstTickAt(clock, timeMs);
      expect(ticksToMs(clock, tick)).toBeGreaterThanOrEqual(timeMs);
      expect(ticksToMs(clock, tick - 1)).toBeLessThan(timeMs);
    }
  });
});

describe('startTick', () => {
  it('finds the tick whose time was rounded to microseconds', () => {
    expect(startTick(16_768_089, { num: 1, den: 90_000 })).toBe(1_509_128);
  });
});

describe('reduce', () => {
  it('gives lowest terms', () => {
    expect(reduce(720 * 90_000, 720 * 3003)).toEqual({ num: 30_000, den: 1001 });
  });
});
