import { duration, type Span } from '../span.js';

/**
 * Times to sample a span at: the centres of `n` equal parts, in whole milliseconds rounded down, with
 * `n = 2 * floor(seconds * perSecond / 2) + 1`. `n` is odd, so that the middle of the span is always among them, and at
 * least 1. The times of one span differ unless it has fewer milliseconds than parts, which needs `perSecond` > 1000.
 *
 * @throws RangeError unless `perSecond` is positive and at most 1000.
 */
export function centreTimes(span: Span, perSecond: number): readonly number[] {
  if (!(perSecond > 0 && perSecond <= 1000)) {
    throw new RangeError(`perSecond must be above 0 and at most 1000, got ${perSecond}.`);
  }
  const parts = 2 * Math.floor((duration(span) * perSecond) / 2000) + 1;
  return Array.from({ length: parts }, (_, part) => {
    return span.startMs + Math.floor(((2 * part + 1) * duration(span)) / (2 * parts));
  });
}
