import type { Dialogue, DialogueMedium, DialogueTurn } from '@internvid/generation';
import {
  renderFrames,
  type DrawnFilm,
  type FilmSpec,
  type ShotSpec,
  type ShotTruth,
} from '@internvid/core/testing';

/** A drawn film: how it was drawn, and what is true of it. */
export type KnownFilm = { readonly spec: FilmSpec; readonly truth: DrawnFilm };

type Shown = { readonly medium: DialogueMedium; readonly shot: ShotTruth; readonly spec: ShotSpec };

/** What is wrong with a measured answer about drawn films, judged by its words and by how the films were drawn; nothing for a right one. */
export function wrongAnswer(
  turn: DialogueTurn,
  { media }: Dialogue,
  film: KnownFilm,
): string | undefined {
  const judge = JUDGES[turn.kind];
  if (judge === undefined) return `nothing is known of ${turn.kind}`;
  const clips = media.filter(({ clip }) => clip !== undefined);
  const wanted = judge({ turn, film, shown: clips.map((medium) => shownIn(medium, film)) });
  const said = saidIn(turn);
  return wanted === said ? undefined : `it says ${String(said)}, true is ${String(wanted)}`;
}

type Case = {
  readonly turn: DialogueTurn;
  readonly film: KnownFilm;
  readonly shown: readonly Shown[];
};
type Answer = string | number | boolean | undefined;

/** The answer in the words of the turn: yes or no, first or second, a number, a quotation, or the move that is named. */
function saidIn({ answer }: DialogueTurn): Answer {
  const quotes = [...answer.matchAll(/"([^"]*)"/g)].map(([, quote = '']) => quote);
  if (quotes.length > 0) return letters(quotes.join(''));
  if (/^(?:Yes|No)\b/.test(answer)) return answer.startsWith('Yes');
  if (/\bfirst\b/.test(answer)) return 'first';
  if (/\bsecond\b/.test(answer)) return 'second';
  const [number] = /\d+(?:\.\d+)?/.exec(answer) ?? [];
  return number === undefined ? moveIn(answer) : Number(number);
}

const MOVES: readonly (readonly [RegExp, string])[] = [
  [/still/, 'static'],
  [/pans? to the left/, 'pan-left'],
  [/pans? to the right/, 'pan-right'],
  [/tilts? up/, 'tilt-up'],
  [/tilts? down/, 'tilt-down'],
  [/zooms? in/, 'zoom-in'],
  [/zooms? out/, 'zoom-out'],
];

function moveIn(text: string): string | undefined {
  return MOVES.find(([pattern]) => pattern.test(text))?.[1];
}

/** True answers by the kind of question, from the question's words. */
const JUDGES: Readonly<Record<string, (about: Case) => Answer>> = {
  camera: ({ shown }) => moveOf(first(shown).shot),
  'camera-is': ({ shown, turn }) => moveOf(first(shown).shot) === moveIn(turn.question),
  length: ({ shown }) => tenths(lengthOf(first(shown))),
  'longer-than': ({ shown, turn }) => lengthOf(first(shown)) > 1000 * numberIn(turn.question),
  sound: ({ shown, turn }) =>
    (first(shown).shot.toneHz !== undefined) !==
    /silent|without any sound|nothing to hear/.test(turn.question),
  'in-colour': ({ turn }) => !/black and white|grey|without any colour/.test(turn.question),
  text: ({ shown }) => letters(first(shown).shot.text ?? ''),
  'text-place': ({ shown, turn }) =>
    (first(shown).spec.text?.at === 'top') === turn.question.includes('upper'),
  'longer-clip': ({ shown, turn }) =>
    which(shown, lengthOf, turn.question.includes('shorter') ? -1 : 1),
  'brighter-clip': ({ shown, film, turn }) =>
    which(shown, (each) => brightnessOf(each, film), turn.question.includes('darker') ? -1 : 1),
  'camera-clip': ({ shown, turn }) => {
    const moves = shown.map(({ shot }) => moveOf(shot) === moveIn(turn.question));
    return moves[0] === moves[1] ? 'both or none' : moves[0] === true ? 'first' : 'second';
  },
  'first-text': ({ shown, turn }) => {
    const at = turn.question.includes('last') ? 1 : 0;
    const quoted = [...turn.question.matchAll(/"([^"]*)"/g)].map(([, quote = '']) =>
      letters(quote),
    );
    return quoted.find((quote) => letters(shown[at]?.shot.text ?? '').includes(quote));
  },
  'video-length': ({ film }) => tenths(film.truth.durationMs),
  shots: ({ film }) => film.truth.shots.length,
  'more-shots-than': ({ film, turn }) => film.truth.shots.length > numberIn(turn.question),
  upright: ({ film: { truth }, turn }) =>
    /taller than it is|portrait|upright/.test(turn.question)
      ? truth.height > truth.width
      : truth.width > truth.height,
};

/** The shot that a clip shows, of which nearly all of the clip must be. */
function shownIn(medium: DialogueMedium, { spec, truth }: KnownFilm): Shown {
  const at = truth.shots.findIndex((shot) => {
    const shared = Math.min(medium.endMs, shot.endMs) - Math.max(medium.startMs, shot.startMs);
    return shared >= 0.9 * (medium.endMs - medium.startMs);
  });
  const [shot, drawn] = [truth.shots[at], spec.shots[at]];
  if (shot === undefined || drawn === undefined)
    throw new Error(`${medium.file} shows no one shot of the film.`);
  return { medium, shot, spec: drawn };
}

function moveOf({ camera }: ShotTruth): string {
  if (camera.kind === 'still') return 'static';
  if (camera.kind === 'zoom') return camera.factor > 1 ? 'zoom-in' : 'zoom-out';
  const [x, y] = camera.velocity;
  if (Math.abs(x) >= Math.abs(y)) return x > 0 ? 'pan-right' : 'pan-left';
  return y > 0 ? 'tilt-down' : 'tilt-up';
}

function lengthOf({ medium }: Shown): number {
  return medium.endMs - medium.startMs;
}

function brightnessOf({ shot }: Shown, { spec }: KnownFilm): number {
  const levels = brightnessOfFrames(spec).slice(shot.startFrame, shot.endFrame);
  return levels.reduce((sum, level) => sum + level, 0) / levels.length;
}

const brightness = new Map<FilmSpec, readonly number[]>();

/** Mean of red, green and blue, weighted as BT.601 does, of every tenth pixel of each frame. */
function brightnessOfFrames(spec: FilmSpec): readonly number[] {
  const known = brightness.get(spec);
  if (known !== undefined) return known;
  const levels = Array.from(renderFrames(spec), ({ data }) => {
    let [sum, pixels] = [0, 0];
    for (let at = 0; at + 2 < data.length; at += 30) {
      sum += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
      pixels++;
    }
    return sum / pixels;
  });
  brightness.set(spec, levels);
  return levels;
}

function which(
  shown: readonly Shown[],
  measure: (each: Shown) => number,
  sign: number,
): 'first' | 'second' {
  const [one = 0, two = 0] = shown.map(measure);
  return sign * (one - two) > 0 ? 'first' : 'second';
}

function first(shown: readonly Shown[]): Shown {
  const [only] = shown;
  if (only === undefined) throw new Error('The question is about a clip, but shows none.');
  return only;
}

function numberIn(text: string): number {
  const [digits] = /\d+/.exec(text) ?? [];
  return digits === undefined ? 1 : Number(digits);
}

function tenths(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function letters(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
