import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Boundary } from '@internvid/core';
import { measured, type Bench, type BenchOptions, type Measurement } from './bench.js';
import { addScore, emptyScore, scoreShots, type ShotScore, type Tally } from './score-shots.js';
import { detectorNames, openDetector } from './shot-detectors.js';
import { decodeLimit, everyFilm, framesOf, openFilms, timed, type Film } from './shot-films.js';

const SHARED_MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));

type Found = ReadonlyMap<Film, readonly Boundary[]>;
/** What the default detector is to reach: F1 of hard cuts at the exact frame, F of gradual transitions, speed. */
type Goals = { readonly hard: number; readonly gradual: number; readonly ratio: number };
type FilmSet = { readonly name: string; readonly folder: string; readonly goals: Goals };

/**
 * Judges the shot detectors on films whose cuts are known, and times them against ffmpeg decoding and scaling the same files to
 * nothing. The limit is measured before and after each detector and the mean taken, as the machine may be shared.
 */
export const bench: Bench = async (options) => {
  const names = detectorNames(options.transnet);
  const results: Measurement[] = [];
  for (const set of options.media === undefined ? sharedSets() : [setOf(options.media)]) {
    const films = await openFilms(set.folder);
    options.say(`${films.length} films of ${set.folder}, ${framesOf(films)} frames`);
    let limit = await decodeLimit(films);
    for (const name of options.detector === undefined ? names : [options.detector]) {
      options.say(`${name} …`);
      const { found, seconds } = await detectAll(name, films, options);
      const after = await decodeLimit(films);
      results.push(...measurementsOf(name, set, found, { seconds, limit: (limit + after) / 2 }));
      limit = after;
    }
  }
  return results;
};

function setOf(folder: string): FilmSet {
  return { name: 'all', folder, goals: { hard: 0.97, gradual: 0.8, ratio: 1.5 } };
}

function sharedSets(): readonly FilmSet[] {
  if (!existsSync(SHARED_MEDIA))
    throw new Error(`There are no films at ${SHARED_MEDIA}; give a folder with --media.`);
  const main = setOf(SHARED_MEDIA);
  const goals = { ...main.goals, hard: 0.95 };
  return [main, { name: 'composed', folder: join(SHARED_MEDIA, 'composed'), goals }];
}

async function detectAll(
  name: string,
  films: readonly Film[],
  { transnet }: BenchOptions,
): Promise<{ readonly found: Found; readonly seconds: number }> {
  const found = new Map<Film, readonly Boundary[]>();
  const detector = await openDetector(name, transnet);
  try {
    const seconds = await timed(() =>
      everyFilm(films, async (film) => void found.set(film, await detector.detect(film))),
    );
    return { found, seconds };
  } finally {
    await detector[Symbol.asyncDispose]();
  }
}

/** Film by film, then all together with the speed and what fools the detector. */
function measurementsOf(
  detector: string,
  { name, goals }: FilmSet,
  found: Found,
  { seconds, limit }: { readonly seconds: number; readonly limit: number },
): readonly Measurement[] {
  const prefix = name === 'all' ? detector : `${detector}/${name}`;
  const films = [...found.keys()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const aims = detector === 'default' ? goals : undefined;
  const exact = total(films, found, 0);
  const all = `${prefix}/all`;
  return [
    ...films.flatMap((film) => accuracy(`${prefix}/${film.truth.file}`, [film], found)),
    ...accuracy(all, films, found, aims),
    ...byKind(`${prefix}/negatives`, 'false-on-negatives', exact.negatives),
    ...byKind(`${prefix}/hard`, 'found-hard-0', exact.hardKinds),
    ...byKind(`${prefix}/gradual`, 'found-gradual', exact.gradualKinds),
    measured(all, 'frames-per-second', framesOf(films) / seconds, 'frames/s'),
    measured(all, 'ratio-to-decode-limit', limit / seconds, 'ratio', aims?.ratio),
  ];
}

function accuracy(
  name: string,
  films: readonly Film[],
  found: Found,
  goals?: Goals,
): readonly Measurement[] {
  const exact = total(films, found, 0);
  const near = total(films, found, 1);
  return [
    ...(exact.hits + exact.missed === 0
      ? []
      : [...hardCuts(name, exact, 0, goals?.hard), ...hardCuts(name, near, 1)]),
    measured(name, 'false-alarms', exact.false, 'count'),
    measured(name, 'false-elsewhere', exact.falseElsewhere, 'count'),
    ...(exact.gradualFound + exact.gradualMissed === 0
      ? []
      : gradualRanges(name, exact, goals?.gradual)),
  ];
}

function hardCuts(
  name: string,
  score: ShotScore,
  tolerance: number,
  goal?: number,
): readonly Measurement[] {
  const precision = share(score.hits, score.hits + score.false);
  const recall = share(score.hits, score.hits + score.missed);
  return [
    measured(name, `precision-hard-${tolerance}`, precision, 'ratio'),
    measured(name, `recall-hard-${tolerance}`, recall, 'ratio'),
    measured(name, `f1-hard-${tolerance}`, f1(precision, recall), 'ratio', goal),
  ];
}

function gradualRanges(
  name: string,
  { gradualFound, gradualMissed, gradualExtra }: ShotScore,
  goal?: number,
): readonly Measurement[] {
  const precision = share(gradualFound, gradualFound + gradualExtra);
  const recall = share(gradualFound, gradualFound + gradualMissed);
  return [
    measured(name, 'precision-gradual', precision, 'ratio'),
    measured(name, 'recall-gradual', recall, 'ratio'),
    measured(name, 'f1-gradual', f1(precision, recall), 'ratio', goal),
  ];
}

function byKind(
  name: string,
  metric: string,
  kinds: Readonly<Record<string, Tally>>,
): readonly Measurement[] {
  const sorted = Object.entries(kinds).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([kind, { touched, all }]) =>
    measured(`${name}/${kind}`, metric, touched, `of ${all}`),
  );
}

function total(films: readonly Film[], found: Found, tolerance: number): ShotScore {
  const sum = emptyScore();
  for (const film of films) addScore(sum, scoreShots(film.truth, found.get(film) ?? [], tolerance));
  return sum;
}

function f1(precision: number, recall: number): number {
  return share(2 * precision * recall, precision + recall);
}

/** A share of nothing is nothing: no hits among no boundaries. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
