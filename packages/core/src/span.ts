/**
 * A stretch of one video's time in whole milliseconds: `startMs` inside, `endMs` outside.
 *
 * Zero is the container's start, what players and `ffmpeg -ss` call zero. A frame belongs to a span when its
 * presentation time, rounded down to whole milliseconds, is at least `startMs` and below `endMs`.
 */
export type Span = { readonly startMs: number; readonly endMs: number };

/**
 * Makes a span of whole milliseconds.
 *
 * @throws RangeError unless both are whole numbers with 0 <= startMs < endMs.
 */
export function span(startMs: number, endMs: number): Span {
  if (
    !Number.isSafeInteger(startMs) ||
    !Number.isSafeInteger(endMs) ||
    startMs < 0 ||
    endMs <= startMs
  ) {
    throw new RangeError(
      `A span needs whole milliseconds with 0 <= start < end, got ${startMs} to ${endMs}.`,
    );
  }
  return { startMs, endMs };
}

/** Length in milliseconds. */
export function duration(span: Span): number {
  return span.endMs - span.startMs;
}

/** Whether a time in milliseconds lies in the span. */
export function contains(span: Span, timeMs: number): boolean {
  return timeMs >= span.startMs && timeMs < span.endMs;
}

/** The whole millisecond in the middle, rounded down. */
export function middle(span: Span): number {
  return Math.floor((span.startMs + span.endMs) / 2);
}

/** A time as `HH:MM:SS.mmm`, the form of the published InternVid files. Hours take more digits when they need them. */
export function formatTimestamp(timeMs: number): string {
  const pad = (value: number, width: number): string => String(value).padStart(width, '0');
  const seconds = Math.floor(timeMs / 1000);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${clock.map((part) => pad(part, 2)).join(':')}.${pad(timeMs % 1000, 3)}`;
}

/**
 * Reads `HH:MM:SS.mmm` (one to three digits after the point, or none) as whole milliseconds.
 *
 * @throws RangeError for any other text.
 */
export function parseTimestamp(text: string): number {
  const match = /^(\d{2,}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a time of the form HH:MM:SS.mmm.`);
  const [, hours, minutes, seconds, fraction = ''] = match;
  const whole = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, '0'));
}
