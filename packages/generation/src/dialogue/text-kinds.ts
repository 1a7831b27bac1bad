import type { Detection, JsonObject, JsonValue } from '@internvid/core';
import { inWords, onlyClip, type QuestionKind, word, yesOrNo } from './question-kind.js';
import { byFrame, type SeenSample } from './subject.js';

/**
 * A line is quoted where it is read alike in two frames or more, never less surely than this and in no other way. Of the readings of the
 * drawn films 0.93 still loses a space; a standing text is misread alike each time, so a second frame proves little alone.
 */
const MIN_CONFIDENCE = 0.96;
const MIN_FRAMES = 2;
const MAX_CHARACTERS = 80;
/** Nobody reads out a page. */
const MAX_LINES = 6;
/** Share of letters that two readings of one line have at least in common. */
const ALIKE = 0.6;

/** A line that is surely there. */
export type SureText = {
  readonly text: string;
  /** Middle of the line, as a share of the height: the least and the greatest of its frames. */
  readonly top: number;
  readonly bottom: number;
  readonly from: JsonObject;
};

/** The lines that may be quoted, from the top down. */
export function sureTexts(clip: SeenSample): readonly SureText[] {
  const lines = linesOf(clip);
  return [...lines]
    .flatMap(([text, found]) => {
      const readings = [...lines.keys()].filter((other) => other !== text);
      const isSure =
        isQuotable(text) &&
        found.length >= MIN_FRAMES &&
        found.every(({ confidence }) => confidence >= MIN_CONFIDENCE) &&
        !readings.some((other) => isAlike(text, other));
      return isSure ? [sureText(text, found)] : [];
    })
    .sort((a, b) => a.top - b.top || (a.text < b.text ? -1 : 1));
}

/** Whether there are a few lines, and nothing was read, however faintly, that is not among the sure ones. */
export function isReadWhole(clip: SeenSample): boolean {
  const sure = new Set(sureTexts(clip).map(({ text }) => text));
  return (
    sure.size > 0 &&
    sure.size <= MAX_LINES &&
    [...linesOf(clip).keys()].every((text) => sure.has(text))
  );
}

/** Whether a line, or something like it, was read in a clip, however faintly. */
export function mayHold(clip: SeenSample, text: string): boolean {
  return [...linesOf(clip).keys()].some((other) => isAlike(text, other));
}

function linesOf(clip: SeenSample): ReadonlyMap<string, readonly Detection[]> {
  const lines = new Map<string, Detection[]>();
  for (const { found } of byFrame(clip, 'text'))
    for (const line of found) lines.set(line.label, [...(lines.get(line.label) ?? []), line]);
  return lines;
}

/** Words of letters or of digits: a word of both is most often a misread one. Quotation marks would end the quotation. */
function isQuotable(text: string): boolean {
  const words = text.split(/\s+/);
  const isPlain = /^[\p{Script=Latin}\p{N}\s.,:;!?'&%()+-]+$/u.test(text);
  const isMixed = words.some((each) => /\p{L}/u.test(each) && /\p{N}/u.test(each));
  const letters = text.replaceAll(/[^\p{L}]/gu, '').length;
  return isPlain && !isMixed && letters >= 3 && text.length <= MAX_CHARACTERS;
}

function sureText(text: string, found: readonly Detection[]): SureText {
  const middles = found.map(({ box }) => box[1] + box[3] / 2);
  const from = {
    text,
    timesMs: found.map(({ timeMs }) => timeMs),
    leastConfidence: Math.min(...found.map(({ confidence }) => confidence)),
  };
  return { text, top: Math.min(...middles), bottom: Math.max(...middles), from };
}

/** Whether two readings may be of one line: most of their pairs of letters are the same (Dice). */
function isAlike(a: string, b: string): boolean {
  const [pairs, others] = [pairsOf(a), pairsOf(b)];
  const shared = [...pairs].filter((pair) => others.has(pair)).length;
  return (
    letters(a).includes(letters(b)) ||
    letters(b).includes(letters(a)) ||
    (2 * shared) / (pairs.size + others.size) >= ALIKE
  );
}

function pairsOf(text: string): ReadonlySet<string> {
  const plain = letters(text);
  return new Set([...plain].slice(1).map((_, at) => plain.slice(at, at + 2)));
}

function letters(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

const text: QuestionKind = {
  name: 'text',
  of: 'clip',
  form: 'open',
  topic: 'text',
  asks: (subject) => (isReadWhole(onlyClip(subject)) ? [{}] : []),
  measure(subject) {
    const clip = onlyClip(subject);
    if (!isReadWhole(clip)) return undefined;
    const texts = sureTexts(clip);
    return {
      value: texts.map((each) => each.text),
      from: { texts: texts.map(({ from }) => from) },
    };
  },
  questions: () => [
    'What is written in the picture?',
    'Which words can be read on the screen?',
    'Read the text in this clip.',
    'What does the text on the screen say?',
  ],
  answers(value) {
    const quoted = (Array.isArray(value) ? value : [])
      .map((each: JsonValue) => `"${inWords(each)}"`)
      .join(', ');
    return [`It says ${quoted}.`, `The text reads ${quoted}.`, `One can read ${quoted}.`];
  },
};

/** A line is in a half of the picture where its middle stays this far from the middle of the height. */
const CLEAR_OF_MIDDLE = 0.15;

const textPlace: QuestionKind = {
  name: 'text-place',
  of: 'clip',
  form: 'either',
  topic: 'text',
  asks: (subject) =>
    sureTexts(onlyClip(subject))
      .filter((each) => halfOf(each) !== undefined)
      .flatMap((each) => ['upper', 'lower'].map((half) => ({ text: each.text, half }))),
  measure(subject, asks) {
    const found = sureTexts(onlyClip(subject)).find((each) => each.text === word(asks, 'text'));
    if (found === undefined) return undefined;
    const half = halfOf(found);
    return half && { value: half === asks.half, from: { ...found.from, top: found.top } };
  },
  questions(asks) {
    const [quoted, half] = [`"${word(asks, 'text')}"`, word(asks, 'half')];
    return [
      `Is ${quoted} written in the ${half} half of the picture?`,
      `Does the text ${quoted} stand in the ${half} half of the screen?`,
      `Is the ${half} half of the picture where one reads ${quoted}?`,
    ];
  },
  answers(value, asks) {
    const half = word(asks, 'half');
    const other = half === 'upper' ? 'lower' : 'upper';
    return yesOrNo(`it stands in the ${half} half`, `it stands in the ${other} half`)(value);
  },
};

function halfOf({ top, bottom }: SureText): 'upper' | 'lower' | undefined {
  if (bottom <= 0.5 - CLEAR_OF_MIDDLE) return 'upper';
  return top >= 0.5 + CLEAR_OF_MIDDLE ? 'lower' : undefined;
}

/** Questions about what is written in one clip. */
export const TEXT_KINDS: readonly QuestionKind[] = [text, textPlace];
