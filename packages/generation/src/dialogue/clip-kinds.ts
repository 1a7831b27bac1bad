import type { JsonObject, JsonValue } from '@internvid/core';
import { inWords, onlyClip, type QuestionKind, secondsOf, word, yesOrNo } from './question-kind.js';
import { numberFact, type SeenSample, type Subject } from './subject.js';

/** Camera moves that are asked about, in words. */
export const MOVE_WORDS: Readonly<Record<string, { readonly does: string; readonly do: string }>> =
  {
    static: { does: 'stays still', do: 'stay still' },
    'pan-left': { does: 'pans to the left', do: 'pan to the left' },
    'pan-right': { does: 'pans to the right', do: 'pan to the right' },
    'tilt-up': { does: 'tilts up', do: 'tilt up' },
    'tilt-down': { does: 'tilts down', do: 'tilt down' },
    'zoom-in': { does: 'moves or zooms in', do: 'move or zoom in' },
    'zoom-out': { does: 'moves or zooms out', do: 'move or zoom out' },
  };

/** The move that a measured one rules out by its sign. */
export const OPPOSITE: Readonly<Record<string, string>> = {
  'pan-left': 'pan-right',
  'pan-right': 'pan-left',
  'tilt-up': 'tilt-down',
  'tilt-down': 'tilt-up',
  'zoom-in': 'zoom-out',
  'zoom-out': 'zoom-in',
};

/**
 * A move is a camera's where most of the picture changes and little of it is flat: before a plain wall, things that move cannot be told from
 * a camera. On the drawn films true moves change 0.85 of the picture, things before a gradient 0.25 with 0.87 of it flat.
 */
const MIN_CHANGED = 0.5;
const MAX_FLAT = 0.6;

/** How the camera moves, where there is no doubt. */
export function sureMove(clip: SeenSample): { move: string; from: JsonObject } | undefined {
  const { camera } = clip.clip.facts;
  if (typeof camera !== 'string' || !(camera in MOVE_WORDS)) return undefined;
  if (camera === 'static') return { move: camera, from: { camera } };
  const changedAreaRatio = numberFact(clip, 'changedAreaRatio') ?? 0;
  const flatRatio = numberFact(clip, 'flatRatio') ?? 1;
  if (changedAreaRatio < MIN_CHANGED || flatRatio > MAX_FLAT) return undefined;
  return { move: camera, from: { camera, changedAreaRatio, flatRatio } };
}

const camera: QuestionKind = {
  name: 'camera',
  of: 'clip',
  form: 'open',
  topic: 'camera',
  asks: (subject) => (sureMove(onlyClip(subject)) === undefined ? [] : [{}]),
  measure(subject) {
    const sure = sureMove(onlyClip(subject));
    return sure && { value: sure.move, from: sure.from };
  },
  questions: () => [
    'What does the camera do?',
    'How does the camera behave in this clip?',
    'Describe the camera work.',
    'Is there any camera movement, and if so, which?',
  ],
  answers(value) {
    const { does } = MOVE_WORDS[inWords(value)] ?? { does: '' };
    return [`The camera ${does}.`, `It ${does}.`, `In this clip the camera ${does}.`];
  },
};

const cameraIs: QuestionKind = {
  name: 'camera-is',
  of: 'clip',
  form: 'either',
  topic: 'camera',
  asks(subject) {
    const sure = sureMove(onlyClip(subject));
    if (sure === undefined) return [];
    const opposite = OPPOSITE[sure.move];
    const others = opposite === undefined ? Object.keys(OPPOSITE) : [opposite, 'static'];
    return [sure.move, ...others].map((move) => ({ move }));
  },
  measure(subject, asks) {
    const sure = sureMove(onlyClip(subject));
    return sure && { value: sure.move === word(asks, 'move'), from: sure.from };
  },
  questions(asks) {
    const { does, do: plain } = MOVE_WORDS[word(asks, 'move')] ?? { does: '', do: '' };
    return [
      `Does the camera ${plain}?`,
      `Would you say that the camera ${does}?`,
      `Is it true that the camera ${does} here?`,
    ];
  },
  answers(value, asks) {
    const { does, do: plain } = MOVE_WORDS[word(asks, 'move')] ?? { does: '', do: '' };
    return yesOrNo(`the camera ${does}`, `the camera does not ${plain}`)(value);
  },
};

const length: QuestionKind = {
  name: 'length',
  of: 'clip',
  form: 'open',
  topic: 'length',
  asks: () => [{}],
  measure: (subject) => measuredLength(subject),
  questions: () => [
    'How long is this clip?',
    'How many seconds does the clip last?',
    'What is the length of the clip in seconds?',
    'For how long does this clip run?',
  ],
  answers: (value) => [
    `It is ${inWords(value)} seconds long.`,
    `The clip lasts ${inWords(value)} seconds.`,
    `About ${inWords(value)} seconds.`,
  ],
};

function measuredLength(subject: Subject): { value: number; from: JsonObject } {
  const { startMs, endMs } = onlyClip(subject).clip.span;
  return { value: Number(secondsOf(endMs - startMs)), from: { startMs, endMs } };
}

/** Limits that are asked about lie this far from the true length, as factors. */
const WELL_BELOW = 0.7;
const WELL_ABOVE = 1.4;

const longerThan: QuestionKind = {
  name: 'longer-than',
  of: 'clip',
  form: 'either',
  topic: 'length',
  asks(subject) {
    const { value } = measuredLength(subject);
    const limits = [Math.floor(value * WELL_BELOW), Math.ceil(value * WELL_ABOVE)];
    return limits.filter((seconds) => seconds > 0).map((seconds) => ({ seconds }));
  },
  measure(subject, { seconds }) {
    const { value, from } = measuredLength(subject);
    return { value: value > Number(seconds), from };
  },
  questions: ({ seconds }) => [
    `Is the clip longer than ${secondsWord(seconds)}?`,
    `Does this clip run for more than ${secondsWord(seconds)}?`,
    `Does it take more than ${secondsWord(seconds)} to watch the whole clip?`,
  ],
  answers: (value, { seconds }) =>
    yesOrNo(
      `it is longer than ${secondsWord(seconds)}`,
      `it is shorter than ${secondsWord(seconds)}`,
    )(value),
};

function secondsWord(seconds: JsonValue | undefined): string {
  return seconds === 1 ? 'one second' : `${inWords(seconds)} seconds`;
}

/** Share of silence up to which there is sound, and from which there is none. */
const MAX_SILENCE = 0.5;
const ALL_SILENCE = 0.99;

const sound: QuestionKind = {
  name: 'sound',
  of: 'clip',
  form: 'either',
  topic: 'sound',
  asks: (subject) =>
    heard(onlyClip(subject)) === undefined ? [] : [{ is: 'sound' }, { is: 'silence' }],
  measure(subject, { is }) {
    const found = heard(onlyClip(subject));
    return found && { value: found.hasSound === (is === 'sound'), from: found.from };
  },
  questions: ({ is }) =>
    is === 'sound'
      ? [
          'Is there anything to hear in this clip?',
          'Does the clip have sound?',
          'Can you hear something?',
        ]
      : ['Is the clip silent?', 'Is this clip without any sound?', 'Is it completely silent?'],
  answers: (value, { is }) =>
    is === 'sound'
      ? yesOrNo('the clip has sound', 'the clip is silent')(value)
      : yesOrNo('there is no sound', 'there is sound')(value),
};

function heard(clip: SeenSample): { hasSound: boolean; from: JsonObject } | undefined {
  const tracks = clip.clip.video.info?.audio.length;
  if (tracks === 0) return { hasSound: false, from: { audioTracks: 0 } };
  const silenceRatio = numberFact(clip, 'silenceRatio');
  if (tracks === undefined || silenceRatio === undefined) return undefined;
  const from = { audioTracks: tracks, silenceRatio };
  if (silenceRatio >= ALL_SILENCE) return { hasSound: false, from };
  const isHeard = silenceRatio <= MAX_SILENCE && numberFact(clip, 'loudnessLufs') !== undefined;
  return isHeard ? { hasSound: true, from } : undefined;
}

/** Hasler and Süsstrunk's M3: 15 is slightly colourful; a grey film that was compressed stays below 2. */
const COLOURED = 15;
const GREY = 2;

const inColour: QuestionKind = {
  name: 'in-colour',
  of: 'clip',
  form: 'either',
  topic: 'colour',
  asks: (subject) => (coloured(subject) === undefined ? [] : [{ is: 'colour' }, { is: 'grey' }]),
  measure(subject, { is }) {
    const found = coloured(subject);
    return found && { value: found.isColoured === (is === 'colour'), from: found.from };
  },
  questions: ({ is }) =>
    is === 'colour'
      ? ['Is this clip in colour?', 'Does the clip show colours?', 'Was this made in colour?']
      : [
          'Is this clip in black and white?',
          'Is the picture only shades of grey?',
          'Is it without any colour?',
        ],
  answers: (value, { is }) =>
    is === 'colour'
      ? yesOrNo('it is in colour', 'it shows only shades of grey')(value)
      : yesOrNo('it shows only shades of grey', 'it is in colour')(value),
};

function coloured(subject: Subject): { isColoured: boolean; from: JsonObject } | undefined {
  const colourfulness = numberFact(onlyClip(subject), 'colourfulness');
  if (colourfulness === undefined || (colourfulness > GREY && colourfulness < COLOURED))
    return undefined;
  return { isColoured: colourfulness >= COLOURED, from: { colourfulness } };
}

/** Questions about one clip that need no look into its frames. */
export const CLIP_KINDS: readonly QuestionKind[] = [
  camera,
  cameraIs,
  length,
  longerThan,
  sound,
  inColour,
];
