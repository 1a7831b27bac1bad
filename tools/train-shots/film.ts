import { writeFileSync } from 'node:fs';
import type { CutTruth } from '../bench/score-shots.js';
import { plain } from './canvas.js';
import { startEncoder } from './film-encoder.js';
import { filmLookOver } from './finish.js';
import { fadeOut, give, join, type Film, type Shot } from './joins.js';
import { randomFrom } from './random.js';
import type { Stretch } from './stretch.js';
import { deck, filmTake } from './takes.js';

/** How one shot ends and the next begins. */
const BOUNDARIES = { cut: 52, jump: 10, back: 6, gradual: 28, fade: 14 } as const;

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
