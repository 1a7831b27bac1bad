import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import type { CutTruth, FrameRange } from '../bench/score-shots.js';
import { canvasDifference, mapValues, plain, type Canvas, type Size } from './canvas.js';
import { disturb } from './disturbances.js';
import { filmLookOver } from './finish.js';
import { randomFrom, type Random } from './random.js';
import type { Stretch } from './stretch.js';
import { deck, filmTake, type FilmLook, type Take } from './takes.js';
import { drawTransition } from './transitions.js';

/** How one shot ends and the next begins. */
const BOUNDARIES = { cut: 52, jump: 10, back: 6, gradual: 28, fade: 14 } as const;
/** A cut is one when the pictures differ by so much, and so many times more than neighbours in the shots; else it is doubtful. */
const CLEAR_CUT = 8;
const CLEAR_OVER_NEIGHBOURS = 1.6;
/** Slides share their ground, so less is enough. */
const CLEAR_SLIDE = 0.9;
/** Difference of old and new below which a slow transition is none. */
const CLEAR_GRADUAL = 12;

/** What is being put together: pictures go straight to the encoder. */
type Film = {
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

/**
 * Composes one film, known to the frame, out of stretches; the same seed gives the same film.
 *
 * @param slideShare how likely the film shows slides between its shots.
 */
export async function composeFilm(
  stretches: readonly Stretch[],
  seed: number,
  path: string,
  slideShare = 0.25,
): Promise<CutTruth> {
  const random = randomFrom(seed);
  const size = random.pick([
    { width: 256, height: 144 },
    { width: 256, height: 144 },
    { width: 256, height: 144 },
    { width: 208, height: 160 },
    { width: 144, height: 256 },
    { width: 256, height: 112 },
  ]);
  const fps = random.pick([24, 25, 25, 30, 30, 10, 15, 50, 60]);
  const encoder = startEncoder(size, fps, path, random);
  const finish = filmLookOver(size, random);
  const film: Film = {
    size,
    random,
    stretches,
    isMontage: random.chance(0.16),
    skips: random.chance(0.12) ? 0.25 : 0,
    repeatsEach: random.chance(0.08) ? random.pick([2, 4, 5]) : 0,
    write: (picture) => encoder.write(finish(picture)),
    taken: 0,
    frames: 0,
    cuts: [],
    gradual: [],
    ambiguous: [],
    negatives: [],
  };
  await compose(film, slideShare);
  await encoder.end();
  return finishTruth(film, path);
}

async function compose(film: Film, slideShare: number): Promise<void> {
  const { random } = film;
  const shots = film.isMontage ? 34 : random.whole(9, 14);
  let slides = random.chance(slideShare) ? deck(film.size, random) : undefined;
  let previous: Shot | undefined;
  let beforeThat: Shot | undefined;
  const fadesIn = !film.isMontage && random.chance(0.25);
  for (let index = 0; index < shots; index++) {
    const wantsSlide = slides !== undefined && random.chance(0.5);
    const boundary = film.isMontage
      ? random.weighted({ cut: 85, jump: 15 })
      : random.weighted(BOUNDARIES);
    const shot: Shot =
      wantsSlide && slides !== undefined
        ? { take: slides(random.whole(14, 60)) }
        : nextShot(film, boundary, previous, beforeThat);
    await join(film, index === 0 && fadesIn ? 'fade-in' : boundary, previous, shot);
    [beforeThat, previous] = [previous, shot];
    if (slides !== undefined && random.chance(0.08)) slides = deck(film.size, random);
  }
  if (previous === undefined || random.chance(0.75)) return;
  await fadeOut(film, previous, 0);
  for (let at = random.whole(0, 12); at > 0; at--) await give(film, plain(film.size, [0, 0, 0]));
}

type Shot = {
  readonly take: Take;
  readonly stretch?: Stretch;
  readonly first?: number;
  readonly look?: FilmLook;
  /** Picture from which the next transition goes on, set when the plain part has been written. */
  next?: number;
  last?: Canvas;
};

function nextShot(
  film: Film,
  boundary: string,
  previous: Shot | undefined,
  beforeThat: Shot | undefined,
): Shot {
  const { random, size } = film;
  const length = film.isMontage
    ? random.whole(5, 16)
    : random.whole(14, random.chance(0.3) ? 90 : 50);
  const again = boundary === 'jump' ? previous : boundary === 'back' ? beforeThat : undefined;
  if (again?.stretch !== undefined && again.look !== undefined && again.first !== undefined) {
    const { stretch, look } = again;
    const far = boundary === 'jump' ? random.whole(35, 120) : random.whole(20, 60);
    const first =
      again.first + far < stretch.frames - 30 ? again.first + far : Math.max(0, again.first - far);
    return { take: filmTake(stretch, first, length, size, random, look), stretch, first, look };
  }
  const stretch = random.pick(film.stretches);
  const first = random.whole(0, Math.max(0, stretch.frames - length - 20));
  const take = filmTake(stretch, first, length, size, random);
  return { take, stretch, first, look: take.look };
}

/** Writes the transition into a shot and the plain part of it. */
async function join(
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
async function give(film: Film, picture: Canvas): Promise<void> {
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

async function fadeOut(film: Film, previous: Shot, level: number): Promise<void> {
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

function finishTruth(film: Film, path: string): CutTruth {
  const { frames, cuts, gradual, ambiguous, negatives } = film;
  const truth = {
    file: path.replace(/^.*\//, ''),
    frames_decoded: frames,
    hard_cuts: cuts.filter(({ frame }) => frame > 0),
    gradual,
    ambiguous,
    negatives,
  };
  writeFileSync(`${path}.json`, JSON.stringify(truth));
  return truth;
}

/** Codecs with the share of films that they get, and their qualities from good to poor. */
function encoding(random: Random): readonly string[] {
  const codec = random.weighted({ h264: 62, mpeg4: 14, mpeg2: 8, vp8: 8, hevc: 8 });
  const keyFrames = ['-g', String(random.pick([12, 50, 250, 300]))];
  switch (codec) {
    case 'h264': {
      const x264 = [
        '-preset',
        random.pick(['ultrafast', 'veryfast', 'faster']),
        '-crf',
        String(random.whole(18, 40)),
      ];
      return ['-c:v', 'libx264', ...x264, '-sc_threshold', random.pick(['0', '40']), ...keyFrames];
    }
    case 'hevc':
      return [
        '-c:v',
        'libx265',
        '-preset',
        'ultrafast',
        '-crf',
        String(random.whole(20, 36)),
        '-x265-params',
        'log-level=error',
        ...keyFrames,
      ];
    case 'vp8':
      return [
        '-c:v',
        'libvpx',
        '-deadline',
        'realtime',
        '-cpu-used',
        '8',
        '-b:v',
        `${random.whole(60, 500)}k`,
        ...keyFrames,
      ];
    default:
      return [
        '-c:v',
        codec === 'mpeg4' ? 'mpeg4' : 'mpeg2video',
        '-q:v',
        String(random.whole(3, 20)),
        ...keyFrames,
      ];
  }
}

function startEncoder(
  size: Size,
  fps: number,
  path: string,
  random: Random,
): { write(picture: Canvas): Promise<void>; end(): Promise<void> } {
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'rgb24',
    '-s',
    `${size.width}x${size.height}`,
    '-r',
    String(fps),
    '-i',
    'pipe:0',
  ];
  const output = [
    ...encoding(random),
    '-pix_fmt',
    'yuv420p',
    '-threads',
    '1',
    '-f',
    'matroska',
    `file:${path}.part`,
  ];
  const child = spawn('ffmpeg', ['-v', 'error', '-y', ...input, ...output], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return {
    async write(picture) {
      if (!child.stdin.write(picture)) await once(child.stdin, 'drain');
    },
    async end() {
      child.stdin.end();
      const [code] = (await once(child, 'close')) as [number];
      if (code !== 0) throw new Error(`ffmpeg could not encode ${path}.`);
      renameSync(`${path}.part`, path);
    },
  };
}
