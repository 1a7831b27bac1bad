import type { JsonObject } from '@internvid/core';

import { inWords, onlyClip, type QuestionKind, word, yesOrNo } from './question-kind.js';
import { numberFact, type SeenSample } from './subject.js';

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

/** What the camera does. */
export const camera: QuestionKind = {
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

/** Whether the camera makes a certain move. */
export const cameraIs: QuestionKind = {
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
