import { expect, it } from '@jest/globals';
import { retryAfterMs } from '../../src/download/retry-after.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it('reads seconds', () => expect(retryAfterMs(' 120 ', NOW)).toBe(120_000));

it('reads a date, which may be past', () => {
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', NOW)).toBe(30_000);
  expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', NOW)).toBe(0);
});

it.each([undefined, '', 'soon', '-5', '1.5', '2026'.repeat(20) + 'x'])(
  'makes nothing of %s',
  (text) => {
    expect(retryAfterMs(text, NOW)).toBeUndefined();
  },
);
