import type { Detection, JsonObject } from '@internvid/core';
import { inWords, onlyClip, type QuestionKind, word, yesOrNo } from './question-kind.js';
import { byFrame, type SeenSample, type Subject } from './subject.js';

/**
 * Things are counted where at least three frames, and two in three of all, show the same number of them surely, and no frame shows more,
 * however faintly: what is seen at 0.3 may be there.
 */
const SURE = 0.5;
const MIN_FRAMES = 3;
const AGREEING_SHARE = 2 / 3;
/** Numbers above this are not to be trusted one by one. */
const MAX_COUNT = 3;

type Counted = { readonly count: number; readonly from: JsonObject };

function countOf(clip: SeenSample, label: string): Counted | undefined {
  const frames = byFrame(clip, 'object').map(({ frame, found }) => {
    const mine = found.filter((each) => each.label === label);
    const sure = mine.filter(({ confidence }) => confidence >= SURE).length;
    return { timeMs: frame.timeMs, sure, seen: mine.length };
  });
  const count = Math.max(0, ...frames.map(({ seen }) => seen));
  const agreeing = frames.filter(({ sure }) => sure === count);
  const isSure = agreeing.length >= MIN_FRAMES && agreeing.length >= frames.length * AGREEING_SHARE;
  if (count === 0 || count > MAX_COUNT || !isSure) return undefined;
  return { count, from: { label, frames: frames.map(({ sure }) => sure) } };
}

function labelsIn({ labels, clips }: Subject): readonly string[] {
  const found = clips.flatMap(({ detections = [] }) => detections);
  const names = found.filter(({ kind }) => kind === 'object').map(({ label }) => label);
  return [...new Set(names)].filter((label) => labels.has(label)).sort();
}

const count: QuestionKind = {
  name: 'count',
  of: 'clip',
  form: 'open',
  topic: 'objects',
  asks: (subject) =>
    labelsIn(subject)
      .filter((label) => countOf(onlyClip(subject), label) !== undefined)
      .map((label) => ({ label })),
  measure(subject, asks) {
    const found = countOf(onlyClip(subject), word(asks, 'label'));
    return found && { value: found.count, from: found.from };
  },
  questions(asks) {
    const many = plural(word(asks, 'label'));
    return [
      `How many ${many} can be clearly seen at once?`,
      `What is the number of ${many} in view at one time?`,
      `Count the ${many} that are clearly in view together.`,
    ];
  },
  answers(value, asks) {
    const things = counted(word(asks, 'label'), Number(value));
    const are = value === 1 ? 'is' : 'are';
    const [first = '', ...rest] = [...things];
    return [
      `There ${are} ${things}.`,
      `${first.toUpperCase()}${rest.join('')}.`,
      `${first.toUpperCase()}${rest.join('')} can be seen.`,
    ];
  },
};

const countIs: QuestionKind = {
  name: 'count-is',
  of: 'clip',
  form: 'either',
  topic: 'objects',
  asks: (subject) =>
    labelsIn(subject).flatMap((label) => {
      const found = countOf(onlyClip(subject), label);
      if (found === undefined) return [];
      return [...new Set([found.count, 2, 3])].map((number) => ({ label, number }));
    }),
  measure(subject, asks) {
    const found = countOf(onlyClip(subject), word(asks, 'label'));
    return found && { value: found.count === asks.number, from: found.from };
  },
  questions(asks) {
    const [label, number] = [word(asks, 'label'), Number(asks.number)];
    const things = number === 1 ? `just one ${label}` : `exactly ${counted(label, number)}`;
    return [
      `${number === 1 ? 'Is' : 'Are'} there ${things} clearly in view at once?`,
      `Can one clearly see ${things} together?`,
      `Would you count ${things} in view?`,
    ];
  },
  answers: (value) => yesOrNo('that is the number', 'the number is another')(value),
};

/** A thing is on a side where all of it stays this far from the middle of the width. */
const CLEAR_OF_MIDDLE = 0.03;
/** A thing crosses the picture where its middle goes this share of the width, always the same way. */
const MIN_SHIFT = 0.2;

/** Where the only thing of its class is, in the frames that show it. */
function alone(clip: SeenSample, label: string): readonly Detection[] {
  if (countOf(clip, label)?.count !== 1) return [];
  return byFrame(clip, 'object').flatMap(({ found }) =>
    found.filter((each) => each.label === label),
  );
}

function sideOf(clip: SeenSample, label: string): { side: string; from: JsonObject } | undefined {
  const boxes = alone(clip, label).map(({ box }) => box);
  if (boxes.length === 0) return undefined;
  const leftmost = Math.min(...boxes.map(([left]) => left));
  const rightmost = Math.max(...boxes.map(([left, , width]) => left + width));
  const from = { label, leftmost, rightmost };
  if (rightmost <= 0.5 - CLEAR_OF_MIDDLE) return { side: 'left', from };
  return leftmost >= 0.5 + CLEAR_OF_MIDDLE ? { side: 'right', from } : undefined;
}

const side: QuestionKind = {
  name: 'side',
  of: 'clip',
  form: 'either',
  topic: 'objects',
  asks: (subject) =>
    labelsIn(subject)
      .filter((label) => sideOf(onlyClip(subject), label) !== undefined)
      .flatMap((label) => ['left', 'right'].map((half) => ({ label, half }))),
  measure(subject, asks) {
    const found = sideOf(onlyClip(subject), word(asks, 'label'));
    return found && { value: found.side === asks.half, from: found.from };
  },
  questions(asks) {
    const [label, half] = [word(asks, 'label'), word(asks, 'half')];
    return [
      `Is the ${label} in the ${half} half of the picture?`,
      `Does the ${label} stay on the ${half} side of the picture?`,
      `Is the ${half} half of the picture where the ${label} is?`,
    ];
  },
  answers(value, asks) {
    const half = word(asks, 'half');
    const other = half === 'left' ? 'right' : 'left';
    return yesOrNo(`it is on the ${half}`, `it is on the ${other}`)(value);
  },
};

const goes: QuestionKind = {
  name: 'goes',
  of: 'clip',
  form: 'open',
  topic: 'objects',
  asks: (subject) =>
    labelsIn(subject)
      .filter((label) => wayOf(onlyClip(subject), label) !== undefined)
      .map((label) => ({ label })),
  measure(subject, asks) {
    const found = wayOf(onlyClip(subject), word(asks, 'label'));
    return found && { value: found.way, from: found.from };
  },
  questions(asks) {
    const label = word(asks, 'label');
    return [
      `Which way does the ${label} move across the picture?`,
      `In which direction does the ${label} go, as seen in the picture?`,
      `Towards which side of the picture does the ${label} move?`,
    ];
  },
  answers: (value) => [
    `To the ${inWords(value)}.`,
    `It moves to the ${inWords(value)}.`,
    `Towards the ${inWords(value)} side of the picture.`,
  ],
};

function wayOf(clip: SeenSample, label: string): { way: string; from: JsonObject } | undefined {
  const middles = alone(clip, label).map(({ box }) => box[0] + box[2] / 2);
  const shift = (middles.at(-1) ?? 0) - (middles[0] ?? 0);
  const isSteady = middles.slice(1).every((at, place) => (at - (middles[place] ?? at)) * shift > 0);
  if (Math.abs(shift) < MIN_SHIFT || !isSteady) return undefined;
  return { way: shift < 0 ? 'left' : 'right', from: { label, middles } };
}

const NUMBERS = ['no', 'one', 'two', 'three'];

function counted(label: string, number: number): string {
  return `${NUMBERS[number] ?? String(number)} ${number === 1 ? label : plural(label)}`;
}

function plural(label: string): string {
  if (label === 'person') return 'people';
  return /(?:s|x|ch|sh)$/.test(label) ? `${label}es` : `${label}s`;
}

/** Questions about the things in one clip. */
export const OBJECT_KINDS: readonly QuestionKind[] = [count, countIs, side, goes];
