import type { JsonObject, JsonValue } from '@internvid/core';

import { camera, cameraIs } from './camera-kinds.js';
import { inWords, onlyClip, type QuestionKind, secondsOf, yesOrNo } from './question-kind.js';
import { numberFact, type SeenSample, type Subject } from './subject.js';

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

const sound: QuestionKind = eitherKind('sound', 'sound', {
  is: 'sound',
  questions: [
    'Is there anything to hear in this clip?',
    'Does the clip have sound?',
    'Can you hear something?',
  ],
  yes: 'the clip has sound',
  no: 'the clip is silent',
  opposite: {
    is: 'silence',
    questions: [
      'Is the clip silent?',
      'Is this clip without any sound?',
      'Is it completely silent?',
    ],
    yes: 'there is no sound',
    no: 'there is sound',
  },
  measure: heard,
});

function heard(clip: SeenSample): Found | undefined {
  const tracks = clip.clip.video.info?.audio.length;
  if (tracks === 0) return { holds: false, from: { audioTracks: 0 } };
  const silenceRatio = numberFact(clip, 'silenceRatio');
  if (tracks === undefined || silenceRatio === undefined) return undefined;
  const from = { audioTracks: tracks, silenceRatio };
  if (silenceRatio >= ALL_SILENCE) return { holds: false, from };
  const isHeard = silenceRatio <= MAX_SILENCE && numberFact(clip, 'loudnessLufs') !== undefined;
  return isHeard ? { holds: true, from } : undefined;
}

/** Hasler and Süsstrunk's M3: 15 is slightly colourful; a grey film that was compressed stays below 2. */
const COLOURED = 15;
const GREY = 2;

const inColour: QuestionKind = eitherKind('in-colour', 'colour', {
  is: 'colour',
  questions: ['Is this clip in colour?', 'Does the clip show colours?', 'Was this made in colour?'],
  yes: 'it is in colour',
  no: 'it shows only shades of grey',
  opposite: {
    is: 'grey',
    questions: [
      'Is this clip in black and white?',
      'Is the picture only shades of grey?',
      'Is it without any colour?',
    ],
    yes: 'it shows only shades of grey',
    no: 'it is in colour',
  },
  measure: coloured,
});

function coloured(clip: SeenSample): Found | undefined {
  const colourfulness = numberFact(clip, 'colourfulness');
  if (colourfulness === undefined || (colourfulness > GREY && colourfulness < COLOURED))
    return undefined;
  return { holds: colourfulness >= COLOURED, from: { colourfulness } };
}

/** Whether something holds of a clip, and what shows it. */
type Found = { readonly holds: boolean; readonly from: JsonObject };

/** What is asked about one of two opposites, and the answers. */
type Side = {
  readonly is: string;
  readonly questions: readonly [string, ...string[]];
  readonly yes: string;
  readonly no: string;
};

/** A kind that asks for something and for its opposite alike; `measure` says whether the first holds, where there is no doubt. */
function eitherKind(
  name: string,
  topic: QuestionKind['topic'],
  {
    opposite,
    measure,
    ...side
  }: Side & {
    readonly opposite: Side;
    readonly measure: (clip: SeenSample) => Found | undefined;
  },
): QuestionKind {
  const sideOf = (is: JsonValue | undefined): Side => (is === side.is ? side : opposite);
  return {
    name,
    of: 'clip',
    form: 'either',
    topic,
    asks: (subject) =>
      measure(onlyClip(subject)) === undefined ? [] : [{ is: side.is }, { is: opposite.is }],
    measure(subject, { is }) {
      const found = measure(onlyClip(subject));
      return found && { value: found.holds === (is === side.is), from: found.from };
    },
    questions: ({ is }) => sideOf(is).questions,
    answers(value, { is }) {
      const { yes, no } = sideOf(is);
      return yesOrNo(yes, no)(value);
    },
  };
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
