import { describe, expect, it } from '@jest/globals';
import { parseTime } from '../../src/sources/time-text.js';

describe('times in tables', () => {
  it.each([
    [0, 0],
    [12, 12_000],
    [1.0019, 1001],
    [0.29, 290],
    ['12', 12_000],
    ['12.5', 12_500],
    ['0.999999', 999],
    ['1:02', 62_000],
    ['0:00:13.123', 13_123],
    ['00:01:51,578', 111_578],
    ['100:00:00', 360_000_000],
    ['90:05', 5_405_000],
    ['PT00H00M10S', 10_000],
    ['PT1M2.5S', 62_500],
    ['1h2m3s', 3_723_000],
    ['45s', 45_000],
    ['1500ms', 1500],
    [' 7 ', 7000],
  ])('reads %p as %d ms', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  it.each([
    '',
    'soon',
    '-1',
    '1:75',
    '0:99:00',
    '1e3',
    'PT',
    'NaN',
    '12:',
    null,
    undefined,
    [1],
    Number.NaN,
    -3,
  ])('does not read %p', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });
});
