import type { JsonObject, JsonValue } from '@internvid/core';
import { MOVE_WORDS, OPPOSITE, sureMove } from './camera-kinds.js';
import { inWords, type Measured, type QuestionKind, word } from './question-kind.js';
import { numberFact, type SeenSample, type Subject } from './subject.js';
import { mayHold, sureTexts } from './text-kinds.js';

type Wordings = readonly [string, ...string[]];

/** The answers to "which of the two". */
function firstOrSecond(value: JsonValue): Wordings {
  const which = inWords(value);
  return [`The ${which} one.`, `The ${which} clip.`, `It is the ${which} of the two.`];
}

function twoOf({ clips }: Subject): readonly [SeenSample, SeenSample] | undefined {
  const [first, second] = clips;
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** Which of two numbers is the greater, where they differ clearly. */
function greater(
  numbers: readonly [number | undefined, number | undefined],
  isClear: (less: number, more: number) => boolean,
  name: string,
  wantsLeast: boolean,
): Measured | undefined {
  const [first, second] = numbers;
  if (first === undefined || second === undefined) return undefined;
  if (!isClear(Math.min(first, second), Math.max(first, second))) return undefined;
  const value = first > second === wantsLeast ? 'second' : 'first';
  return { value, from: { [name]: [first, second] } };
}

/** Lengths differ clearly from this factor. */
const CLEARLY_LONGER = 1.25;

const longerClip: QuestionKind = {
  name: 'longer-clip',
  of: 'pair',
  form: 'either',
  topic: 'length',
  asks: (subject) => sided(subject, ['longer', 'shorter'], lengthsOf),
  measure: lengthsOf,
  questions: ({ is }) => [
    `Which of the two clips is ${inWords(is)}?`,
    `Is the first or the second clip the ${inWords(is)} one?`,
    `Compare the lengths: which clip is ${inWords(is)}?`,
  ],
  answers: firstOrSecond,
};

function lengthsOf(subject: Subject, { is }: JsonObject): Measured | undefined {
  const two = twoOf(subject);
  if (two === undefined) return undefined;
  const [first, second] = two.map(({ clip }) => clip.span.endMs - clip.span.startMs);
  const isClear = (less: number, more: number): boolean => more >= less * CLEARLY_LONGER;
  return greater([first, second], isClear, 'durationMs', is === 'shorter');
}

/** Mean brightness differs plainly to the eye from so many grey levels. */
const CLEARLY_BRIGHTER = 35;

const brighterClip: QuestionKind = {
  name: 'brighter-clip',
  of: 'pair',
  form: 'either',
  topic: 'brightness',
  asks: (subject) => sided(subject, ['brighter', 'darker'], brightnessOf),
  measure: brightnessOf,
  questions: ({ is }) => [
    `Which of the two clips is ${inWords(is)}?`,
    `Is the picture ${inWords(is)} in the first or in the second clip?`,
    `One clip is clearly ${inWords(is)} than the other. Which?`,
  ],
  answers: firstOrSecond,
};

function brightnessOf(subject: Subject, { is }: JsonObject): Measured | undefined {
  const two = twoOf(subject);
  if (two === undefined) return undefined;
  const [first, second] = [numberFact(two[0], 'luminance'), numberFact(two[1], 'luminance')];
  const isClear = (less: number, more: number): boolean => more - less >= CLEARLY_BRIGHTER;
  return greater([first, second], isClear, 'luminance', is === 'darker');
}

function sided(
  subject: Subject,
  sides: readonly string[],
  measure: (subject: Subject, asks: JsonObject) => Measured | undefined,
): readonly JsonObject[] {
  return sides.map((is) => ({ is })).filter((asks) => measure(subject, asks) !== undefined);
}

const cameraClip: QuestionKind = {
  name: 'camera-clip',
  of: 'pair',
  form: 'either',
  topic: 'camera',
  asks: (subject) =>
    [...new Set(movesOf(subject)?.map(({ move }) => move))]
      .map((move) => ({ move }))
      .filter((asks) => movingClip(subject, asks) !== undefined),
  measure: movingClip,
  questions(asks) {
    const { does } = MOVE_WORDS[word(asks, 'move')] ?? { does: '' };
    return [
      `In which of the two clips can one see that the camera ${does}?`,
      `The camera ${does} in one of the clips. In which?`,
      `Is it the first or the second clip in which the camera ${does}?`,
    ];
  },
  answers: firstOrSecond,
};

function movesOf(subject: Subject): readonly { move: string; from: JsonObject }[] | undefined {
  const two = twoOf(subject);
  const moves = two?.map(sureMove).filter((sure) => sure !== undefined);
  return moves?.length === 2 ? moves : undefined;
}

/** One clip moves so, and the other stays still or goes the opposite way: other moves might hold a little of it. */
function movingClip(subject: Subject, asks: JsonObject): Measured | undefined {
  const [first, second] = movesOf(subject) ?? [];
  if (first === undefined || second === undefined || first.move === second.move) return undefined;
  const isRuledOut =
    [first.move, second.move].includes('static') || OPPOSITE[first.move] === second.move;
  if (!isRuledOut) return undefined;
  const value = first.move === word(asks, 'move') ? 'first' : 'second';
  return { value, from: { clips: [first.from, second.from] } };
}

const firstText: QuestionKind = {
  name: 'first-text',
  of: 'pair',
  form: 'either',
  topic: 'text',
  asks(subject) {
    const [first, second] = textsOf(subject) ?? [];
    if (first === undefined || second === undefined) return [];
    return [
      { texts: [first, second], is: 'first' },
      { texts: [second, first], is: 'first' },
      { texts: [first, second], is: 'last' },
      { texts: [second, first], is: 'last' },
    ];
  },
  measure(subject, { texts, is }) {
    const found = textsOf(subject);
    if (found === undefined || !Array.isArray(texts)) return undefined;
    const wanted = is === 'first' ? found[0] : found[1];
    const value = texts[0] === wanted ? 'former' : 'latter';
    return { value, from: { textsInOrder: found } };
  },
  questions({ texts, is }) {
    const [a = '', b = ''] = quotedOf(texts);
    return [
      `Which is shown ${inWords(is)}, ${a} or ${b}?`,
      `Of the texts ${a} and ${b}, which comes ${inWords(is)}?`,
      `Two texts are shown, ${a} and ${b}. Which one ${inWords(is)}?`,
    ];
  },
  answers(value, { texts }) {
    const quoted = quotedOf(texts)[value === 'former' ? 0 : 1] ?? '';
    return [`${quoted}.`, `It is ${quoted}.`, `The text ${quoted}.`];
  },
};

function quotedOf(texts: JsonValue | undefined): readonly string[] {
  return Array.isArray(texts) ? texts.map((text: JsonValue) => `"${inWords(text)}"`) : [];
}

/** The top line of each clip, where nothing like it was read in the other. */
function textsOf(subject: Subject): readonly [string, string] | undefined {
  const two = twoOf(subject);
  const [first, second] = two?.map((clip) => sureTexts(clip)[0]?.text) ?? [];
  if (two === undefined || first === undefined || second === undefined) return undefined;
  return mayHold(two[0], second) || mayHold(two[1], first) ? undefined : [first, second];
}

/** Questions that compare two clips of a video. */
export const PAIR_KINDS: readonly QuestionKind[] = [
  longerClip,
  brighterClip,
  cameraClip,
  firstText,
];
