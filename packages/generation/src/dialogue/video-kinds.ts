import type { JsonObject, JsonValue } from '@internvid/core';
import { inWords, type Measured, type QuestionKind, secondsOf, yesOrNo } from './question-kind.js';
import type { Subject } from './subject.js';

const videoLength: QuestionKind = {
  name: 'video-length',
  of: 'video',
  form: 'open',
  topic: 'length',
  asks: ({ video }) => ((video.info?.durationMs ?? 0) > 0 ? [{}] : []),
  measure({ video }) {
    const durationMs = video.info?.durationMs;
    if (durationMs === undefined) return undefined;
    return { value: Number(secondsOf(durationMs)), from: { durationMs } };
  },
  questions: () => [
    'How long is the whole video?',
    'How many seconds does this video last?',
    'What is the running time of the video in seconds?',
  ],
  answers: (value) => [
    `It is ${inWords(value)} seconds long.`,
    `The video lasts ${inWords(value)} seconds.`,
    `About ${inWords(value)} seconds.`,
  ],
};

/** Below this a boundary may be none, or another may have been missed beside it; cuts of the drawn films are at 1.00. */
const SURE_BOUNDARY = 0.9;

const shots: QuestionKind = {
  name: 'shots',
  of: 'video',
  form: 'open',
  topic: 'shots',
  asks: (subject) => (shotsOf(subject) === undefined ? [] : [{}]),
  measure: shotsOf,
  questions: () => [
    'How many shots is the video made of?',
    'Count the shots of this video.',
    'Into how many shots do the cuts divide the video?',
  ],
  answers: (value) =>
    value === 1
      ? ['It is a single shot.', 'One.', 'There is one shot.']
      : [
          `There are ${inWords(value)} shots.`,
          `${inWords(value)}.`,
          `The video is made of ${inWords(value)} shots.`,
        ],
};

const moreShots: QuestionKind = {
  name: 'more-shots-than',
  of: 'video',
  form: 'either',
  topic: 'shots',
  asks(subject) {
    const found = Number(shotsOf(subject)?.value ?? 0);
    if (found < 2) return [];
    return [{ limit: Math.max(1, found - 2) }, { limit: found + 1 }];
  },
  measure(subject, { limit }) {
    const found = shotsOf(subject);
    return found && { value: Number(found.value) > Number(limit), from: found.from };
  },
  questions: ({ limit }) => [
    `Does the video have more than ${shotsWord(limit)}?`,
    `Is the video made of more than ${shotsWord(limit)}?`,
    `Would you count more than ${shotsWord(limit)}?`,
  ],
  answers: (value, { limit }) =>
    yesOrNo(
      `it has more than ${shotsWord(limit)}`,
      `it does not have more than ${shotsWord(limit)}`,
    )(value),
};

function shotsWord(limit: JsonValue | undefined): string {
  return limit === 1 ? 'one shot' : `${inWords(limit)} shots`;
}

/** Only hard and sure cuts: where a dissolve or a fade is, people do not count alike. */
function shotsOf({ shots: found }: Subject): Measured | undefined {
  const inside = found.slice(1).map(({ boundary }) => boundary);
  const isSure = inside.every(
    ({ kind, confidence }) => kind === 'cut' && confidence >= SURE_BOUNDARY,
  );
  if (inside.length === 0 || !isSure) return undefined;
  const cutsMs = inside.map(({ startMs }) => startMs);
  return { value: found.length, from: { cutsMs } };
}

const upright: QuestionKind = {
  name: 'upright',
  of: 'video',
  form: 'either',
  topic: 'shape',
  asks: (subject) => (shapeOf(subject) === undefined ? [] : [{ is: 'taller' }, { is: 'wider' }]),
  measure(subject, { is }) {
    const found = shapeOf(subject);
    return found && { value: found.shape === is, from: found.from };
  },
  questions: ({ is }) =>
    is === 'taller'
      ? [
          'Is the picture taller than it is wide?',
          'Is this video in portrait format?',
          'Is this an upright video?',
        ]
      : [
          'Is the picture wider than it is tall?',
          'Is this video in landscape format?',
          'Is the width of the picture greater than its height?',
        ],
  answers: (value, { is }) =>
    is === 'taller'
      ? yesOrNo('it is taller than wide', 'it is wider than tall')(value)
      : yesOrNo('it is wider than tall', 'it is taller than wide')(value),
};

/** Sides differ clearly from this factor. */
const CLEARLY_LONGER_SIDE = 1.1;

function shapeOf({ video }: Subject): { shape: string; from: JsonObject } | undefined {
  const { displayWidth: width, displayHeight: height } = video.info?.video ?? {};
  if (width === undefined || height === undefined) return undefined;
  const from = { displayWidth: width, displayHeight: height };
  if (height >= width * CLEARLY_LONGER_SIDE) return { shape: 'taller', from };
  return width >= height * CLEARLY_LONGER_SIDE ? { shape: 'wider', from } : undefined;
}

/** Questions about a whole video. */
export const VIDEO_KINDS: readonly QuestionKind[] = [videoLength, shots, moreShots, upright];
