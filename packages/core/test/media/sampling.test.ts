import { describe, expect, it } from '@jest/globals';

import { fitWithin } from '../../src/media/fit.js';
import { centreTimes } from '../../src/media/sampling.js';
import { middle, span } from '../../src/span.js';

describe('centreTimes', () => {
  it('gives the centres of an odd number of equal parts', () => {
    expect(centreTimes(span(0, 2000), 1)).toEqual([333, 1000, 1666]);
    expect(centreTimes(span(1000, 2999), 1)).toEqual([1999]);
    expect(centreTimes(span(0, 10_000), 0.5)).toEqual(
      [1000, 3000, 5000, 7000, 9000].map((time) => time),
    );
  });

  it('always holds the middle of the span, and only times inside it', () => {
    for (const [startMs, endMs, perSecond] of [
      [0, 1, 1],
      [7, 1408, 3],
      [12_345, 98_764, 2.5],
      [5, 40, 1000],
    ] as const) {
      const whole = span(startMs, endMs);
      const times = centreTimes(whole, perSecond);
      expect(times.length % 2).toBe(1);
      expect(times[times.length >> 1]).toBe(middle(whole));
      expect(
        times.every((time, at) => time >= startMs && time < endMs && time > (times[at - 1] ?? -1)),
      ).toBe(true);
    }
  });

  it('refuses a rate that makes no sense', () => {
    expect(() => centreTimes(span(0, 1), 0)).toThrow(RangeError);
    expect(() => centreTimes(span(0, 1), Number.NaN)).toThrow(RangeError);
  });
});

describe('fitWithin', () => {
  it('keeps the shape and never enlarges', () => {
    expect(fitWithin({ width: 1920, height: 1080 }, 960)).toEqual({ width: 960, height: 540 });
    expect(fitWithin({ width: 1080, height: 1920 }, 448)).toEqual({ width: 252, height: 448 });
    expect(fitWithin({ width: 320, height: 180 }, 960)).toEqual({ width: 320, height: 180 });
    expect(fitWithin({ width: 5000, height: 3 }, 100)).toEqual({ width: 100, height: 1 });
  });

  it('refuses a size of nothing', () => {
    expect(() => fitWithin({ width: 0, height: 10 }, 10)).toThrow(RangeError);
  });
});
