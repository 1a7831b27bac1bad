import type { FrameRange } from '../bench/score-shots.js';
import { canvasDifference, mapValues, plain, type Canvas, type Size } from './canvas.js';
import { disturb } from './disturbances.js';
import type { Random } from './random.js';
import type { Stretch } from './stretch.js';
import type { FilmLook, Take } from './takes.js';
import { drawTransition } from './transitions.js';

/** A cut is one when the pictures differ by so much, and so many times more than neighbours in the shots; else it is doubtful. */
const CLEAR_CUT = 8;
const CLEAR_OVER_NEIGHBOURS = 1.6;
/** Slides share their ground, so less is enough. */
const CLEAR_SLIDE = 0.9;
/** Difference of old and new below which a slow transition is none. */
const CLEAR_GRADUAL = 12;

/** What is being put together: pictures go straight to the encoder. */
export type Film = {
  readonly size: Size;
  readonly random: Random;
  readonly stretches: readonly Stretch[];
  readonly isMontage: boolean;
  readonly skips: number;
  readonly repeatsEach: number;
  readonly write: (picture: Canvas) => Promise<void>;
  /** Pictures given, and pictures written. */
  taken: number;
  frames: number;
  cuts: { frame: number }[];
  gradual: FrameRange[];
  ambiguous: FrameRange[];
  negatives: FrameRange[];
};

/** A shot of a film. */
export type Shot = {
  readonly take: Take;
  readonly stretch?: Stretch;
  readonly first?: number;
  readonly look?: FilmLook;
  /** Picture from which the next transition goes on, set when the plain part has been written. */
  next?: number;
  last?: Canvas;
};

/** Writes the transition into a shot and the plain part of it. */
export async function join(
  film: Film,
  boundary: string,
  previous: Shot | undefined,
  shot: Shot,
): Promise<void> {
  const { random, size } = film;
  let start = 0;
  if (boundary === 'fade-in') {
    for (let at = random.whole(0, 12); at > 0; at--) await give(film, plain(size, [0, 0, 0]));
    start = await fadeIn(film, 0, shot);
  } else if (previous === undefined) {
    start = 0;
  } else if (boundary === 'gradual') {
    start = await mixInto(film, previous, shot);
  } else if (boundary === 'fade') {
    start = await fadeThrough(film, previous, shot);
  } else {
    markCut(film, previous, shot);
  }
  const pictures: Canvas[] = [];
  for (let at = start; at < start + shot.take.frames; at++) pictures.push(shot.take.at(at));
  shot.next = start + shot.take.frames;
  if (pictures.length > 26 && random.chance(0.6)) {
    const { kind, first, last, isDoubtful } = disturb(pictures, size, random);
    const range = { kind, start_frame: film.frames + first - 1, end_frame: film.frames + last + 1 };
    if (isDoubtful) film.ambiguous.push(range);
    else if (film.skips === 0 && film.repeatsEach === 0) film.negatives.push(range);
  }
  for (const [at, picture] of pictures.entries()) {
    if (at > 1 && at < pictures.length - 1 && random.chance(film.skips)) continue;
    await give(film, picture);
  }
  shot.last = pictures.at(-1) as Canvas;
}

/** Pulldown and low rates repeat pictures; a repeated one belongs to the shot before the cut. */
export async function give(film: Film, picture: Canvas): Promise<void> {
  await film.write(picture);
  film.frames++;
  film.taken++;
  if (film.repeatsEach > 0 && film.taken % film.repeatsEach === 0) {
    await film.write(picture);
    film.frames++;
  }
}

function markCut(film: Film, previous: Shot, shot: Shot): void {
  const before = previous.last as Canvas;
  const after = shot.take.at(0);
  const difference = canvasDifference(before, after);
  const areSlides = previous.take.kind === 'slide' && shot.take.kind === 'slide';
  const around = Math.max(
    canvasDifference(
      previous.take.at((previous.next as number) - 2),
      previous.take.at((previous.next as number) - 1),
    ),
    canvasDifference(after, shot.take.at(1)),
  );
  const isClear = areSlides
    ? difference >= CLEAR_SLIDE
    : difference >= CLEAR_CUT && difference >= CLEAR_OVER_NEIGHBOURS * around;
  if (isClear) film.cuts.push({ frame: film.frames });
  else film.ambiguous.push({ start_frame: film.frames - 1, end_frame: film.frames + 1 });
}

function transitionLength(film: Film): number {
  const { random } = film;
  return random.chance(0.6) ? random.whole(7, 20) : random.whole(8, 46);
}

async function mixInto(film: Film, previous: Shot, shot: Shot): Promise<number> {
  const { random, size } = film;
  const length = transitionLength(film);
  const { kind, mix } = drawTransition(size, random);
  const from = previous.next as number;
  const isFrozen = random.chance(0.15);
  const isClear = canvasDifference(previous.last as Canvas, shot.take.at(0)) >= CLEAR_GRADUAL;
  const start = film.frames;
  for (let at = 0; at < length; at++) {
    const old = previous.take.at(isFrozen ? from : from + at);
    await give(film, mix(old, shot.take.at(isFrozen ? 0 : at), (at + 1) / (length + 1)));
  }
  (isClear ? film.gradual : film.ambiguous).push({
    kind,
    start_frame: start,
    end_frame: film.frames - 1,
  });
  return isFrozen ? 1 : length;
}

async function fadeThrough(film: Film, previous: Shot, shot: Shot): Promise<number> {
  const { random, size } = film;
  const level = random.chance(0.82) ? random.whole(0, 6) : 255;
  // Either side may be a hard cut to or from the plain colour.
  const sides = random.weighted({ both: 80, out: 10, in: 10 });
  if (sides === 'in') film.cuts.push({ frame: film.frames });
  else await fadeOut(film, previous, level);
  const rest = sides === 'both' ? random.weighted({ '0': 25, '3': 25, '10': 30, '22': 20 }) : '10';
  for (let at = 0; at < Number(rest); at++) await give(film, plain(size, [level, level, level]));
  if (sides === 'out') {
    film.cuts.push({ frame: film.frames });
    return 0;
  }
  return fadeIn(film, level, shot);
}

/** Fades the end of a shot to a grey of `level`, 0 to 255. */
export async function fadeOut(film: Film, previous: Shot, level: number): Promise<void> {
  const length = film.random.chance(0.15) ? film.random.whole(40, 90) : transitionLength(film);
  const start = film.frames;
  const from = previous.next as number;
  for (let at = 0; at < length; at++) {
    const part = (at + 1) / (length + 1);
    await give(
      film,
      mapValues(previous.take.at(from + at), (value) => value + (level - value) * part),
    );
  }
  film.gradual.push({
    kind: level > 128 ? 'fade_out_to_white' : 'fade_out_to_black',
    start_frame: start,
    end_frame: film.frames - 1,
  });
}

async function fadeIn(film: Film, level: number, shot: Shot): Promise<number> {
  const length = transitionLength(film);
  const start = film.frames;
  for (let at = 0; at < length; at++) {
    const part = 1 - (at + 1) / (length + 1);
    await give(
      film,
      mapValues(shot.take.at(at), (value) => value + (level - value) * part),
    );
  }
  film.gradual.push({
    kind: level > 128 ? 'fade_in_from_white' : 'fade_in_from_black',
    start_frame: start,
    end_frame: film.frames - 1,
  });
  return length;
}
