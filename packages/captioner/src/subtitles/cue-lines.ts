import type { CueText } from './cue-text.js';

/** When something is shown. */
export type Times = { readonly startMs: number; readonly endMs: number };

/** A cue whose lines are still apart. */
export type TimedLines = CueText & Times;

/** The cues of a file in its order, and how many were left out because their times are wrong. */
export type ReadCues = { readonly cues: readonly TimedLines[]; readonly faults: number };

/** What a line has beyond is not read: nobody reads it from a screen either. */
export const LONGEST_LINE: number = 2_000;

/** Lines without their ends; a file of a million is never a list of a million beside its text. */
export function* linesOf(text: string): Generator<string> {
  let at = 0;
  while (at < text.length) {
    let end = at;
    while (end < text.length && text[end] !== '\n' && text[end] !== '\r') end++;
    yield text.slice(at, end);
    at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
  }
}

/** `1:02:03.456`, `02:03,4`, `00:00:01`: hours and fractions may be missing. */
export function timeOf(text: string): number | undefined {
  const parts = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3})\d{0,6})?$/.exec(text);
  if (parts === null) return undefined;
  const [, hours = '0', minutes, seconds, fraction = ''] = parts;
  if (Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Number(fraction.padEnd(3, '0'));
}
