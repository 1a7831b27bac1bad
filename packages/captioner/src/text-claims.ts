import type { FrameEvidence } from './frame-evidence.js';
import { overlap } from './objects.js';
import type { TextLine } from './on-screen-text.js';
import { editDistance } from './edit-distance.js';

/**
 * Reader's confidence from which a line is quoted. On the shared videos the lines below are misread more often than not.
 * That a line is read alike in several frames is no further evidence: a standing text is misread alike each time.
 */
const MIN_CONFIDENCE = 0.93;
const MIN_LETTERS = 3;
const MIN_LETTER_SHARE = 0.6;
const MAX_TEXTS = 4;
/** Smaller lines than this share of the tallest are small print: quoting them would bury the heading. */
const SMALL_PRINT = 0.55;

/** Readings of one place that differ in no more than this share of their letters are one text, misread or counting on. */
const ALIKE = 0.4;
const SAME_PLACE = 0.4;

/** A text that may be quoted. */
export type TextClaim = {
  readonly text: string;
  /** The frame that it was first read in, from 0. */
  readonly firstFrame: number;
};

/** A line in the best of its readings, the frame of its first, and how many frames it was read in. */
type SeenLine = { readonly line: TextLine; readonly firstFrame: number; readonly frames: number };

/** The texts that may be quoted, the first seen first, lines of one paragraph joined, without repetition. */
export function textClaims(frames: readonly FrameEvidence[]): readonly TextClaim[] {
  const sure = seenLines(frames).filter(({ line }) => line.confidence >= MIN_CONFIDENCE);
  const tallest = Math.max(0, ...sure.map(({ line }) => line.box[3]));
  const large = sure.filter(({ line }) => line.box[3] >= tallest * SMALL_PRINT);
  return withoutParts(paragraphs(oneOfEachPlace(large))).slice(0, MAX_TEXTS);
}

function seenLines(frames: readonly FrameEvidence[]): readonly SeenLine[] {
  const seen = new Map<string, SeenLine>();
  frames.forEach(({ text }, frame) => {
    for (const line of text.filter(isPlausible)) {
      const key = keyOf(line.text);
      const before = seen.get(key);
      const better = before === undefined || line.confidence > before.line.confidence;
      seen.set(key, {
        line: better ? line : before.line,
        firstFrame: before?.firstFrame ?? frame,
        frames: (before?.frames ?? 0) + 1,
      });
    }
  });
  return [...seen.values()];
}

/** Of several readings of one text the one that most frames gave, then the surest. */
function oneOfEachPlace(lines: readonly SeenLine[]): readonly SeenLine[] {
  const best = [...lines].sort(
    (a, b) => b.frames - a.frames || b.line.confidence - a.line.confidence,
  );
  const kept: SeenLine[] = [];
  for (const seen of best) if (!kept.some((other) => isSameText(other, seen))) kept.push(seen);
  return lines.filter((seen) => kept.includes(seen));
}

function isSameText(a: SeenLine, b: SeenLine): boolean {
  if (overlap(a.line.box, b.line.box) < SAME_PLACE) return false;
  const [one, other] = [keyOf(a.line.text), keyOf(b.line.text)];
  if (one.includes(other) || other.includes(one)) return one.length >= other.length;
  return editDistance(one, other) <= ALIKE * Math.max(one.length, other.length);
}

/** Joins lines that came together, one close below the other, of one height, unless a list mark begins the lower one. */
function paragraphs(lines: readonly SeenLine[]): readonly TextClaim[] {
  const joined: { text: string; last: SeenLine }[] = [];
  for (const seen of lines) {
    const above = joined.at(-1);
    if (above !== undefined && continues(above.last, seen)) {
      above.text = `${above.text} ${seen.line.text}`;
      above.last = seen;
    } else joined.push({ text: seen.line.text, last: seen });
  }
  return joined.map(({ text, last }) => ({ text: tidied(text), firstFrame: last.firstFrame }));
}

function continues(above: SeenLine, below: SeenLine): boolean {
  const [a, b] = [above.line.box, below.line.box];
  const gap = b[1] - (a[1] + a[3]);
  const beside = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const alike = Math.min(a[3], b[3]) / Math.max(a[3], b[3]);
  return (
    above.firstFrame === below.firstFrame &&
    alike > 0.65 &&
    gap > -a[3] &&
    gap < a[3] * 0.6 &&
    beside > 0 &&
    !/^[·•\-–]/.test(below.line.text)
  );
}

/** Enough letters or digits, hardly anything else, and of one script: noise is read as a mixture. */
function isPlausible({ text }: TextLine): boolean {
  const characters = [...text.replaceAll(/\s/g, '')];
  const latin = characters.filter((character) => /[\p{Script=Latin}\p{N}]/u.test(character)).length;
  const foreign = characters.some((character) => /(?!\p{Script=Latin})\p{L}/u.test(character));
  return latin >= MIN_LETTERS && !foreign && latin / characters.length >= MIN_LETTER_SHARE;
}

/** The same line read twice may differ in case, spaces and signs. */
function keyOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Without list marks and stray signs at the ends, and without quotation marks, which would end the quotation. The reader
 * has no copyright sign and puts another in its place.
 */
function tidied(text: string): string {
  return text
    .replaceAll(/["“”]/g, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/\b(copyright) ?[@0OQ] ?(?=\d{4})/i, '$1 ')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .replace(/[^\p{L}\p{N}.?!)]+$/u, '')
    .replace(/[.,]*,[.,]*$/, '');
}

/** A title that fades in or is uncovered is read in part before it is read whole. */
function withoutParts(claims: readonly TextClaim[]): readonly TextClaim[] {
  const keys = claims.map(({ text }) => keyOf(text));
  return claims.filter((_, at) => {
    const key = keys[at] ?? '';
    return !keys.some((other, place) =>
      other.length > key.length ? other.startsWith(key) : other === key && place < at,
    );
  });
}
