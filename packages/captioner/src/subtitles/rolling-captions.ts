import type { TimedLines } from './cue-lines.js';

/** From this share of cues on that begin with the line before, a file rolls. In written subtitles a line rarely comes twice. */
const ROLLING_SHARE = 0.3;
const FEWEST_CUES = 3;

/**
 * Automatic captions show a line while it is said and once more above the next one, with cues of 10 ms between. Each line is kept where it
 * is new.
 *
 * @returns undefined for a file that does not roll.
 */
export function withoutRolling(cues: readonly TimedLines[]): readonly TimedLines[] | undefined {
  const repeats = cues.filter((cue, at) => repeatedLines(cues[at - 1], cue) > 0).length;
  if (cues.length < FEWEST_CUES || repeats < cues.length * ROLLING_SHARE) return undefined;
  return cues.flatMap((cue, at) => {
    const repeated = repeatedLines(cues[at - 1], cue);
    const lines = cue.lines.slice(repeated);
    if (lines.length === 0) return [];
    const { words, ...rest } = cue;
    if (words === undefined) return [{ ...rest, lines }];
    // The words of a repeated line stand first, all at the start of the cue.
    const isNew = cue.lines.slice(0, repeated);
    return [{ ...rest, lines, words: words.filter(({ text }) => !isNew.includes(text)) }];
  });
}

/** How many lines at the start of a cue are those at the end of the one right before it. */
function repeatedLines(before: TimedLines | undefined, cue: TimedLines): number {
  if (before === undefined) return 0;
  for (let count = Math.min(before.lines.length, cue.lines.length); count > 0; count--) {
    const end = before.lines.slice(-count);
    if (cue.lines.slice(0, count).every((line, at) => line === end[at])) return count;
  }
  return 0;
}
