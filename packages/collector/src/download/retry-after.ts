/**
 * Reads the header `Retry-After`: seconds, or a date (RFC 9110, 10.2.3).
 *
 * @returns milliseconds from `now`, at least 0, or undefined for what is neither.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  // `Date.parse` reads almost anything; a date in a header begins with its day of the week.
  const time = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
