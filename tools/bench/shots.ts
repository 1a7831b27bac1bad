import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analysedSize, contentDetector, type ShotDetector } from '@internvid/collector';
import { mapInOrder, type Boundary, type MediaInfo } from '@internvid/core';
import { ffmpegFrameReader, type FrameOutput } from '@internvid/core/media';
import { measured, type Bench, type BenchOptions, type Measurement } from './bench.js';
import { addScore, emptyScore, scoreShots, type CutTruth, type ShotScore } from './score-shots.js';

const SHARED_MEDIA = fileURLToPath(new URL('../../../shared/media/', import.meta.url));
/** Files at once, for the limit and for the detectors alike: one decoding thread each on two cores. */
const FILES_AT_ONCE = 2;

/** The detectors by the name of their cases. The default detector is the content detector as it stands. */
const DETECTORS: Readonly<Record<string, () => ShotDetector>> = {
  content: () => contentDetector(),
  default: () => contentDetector(),
};

type Film = {
  readonly path: string;
  readonly truth: CutTruth;
  readonly info: MediaInfo;
  readonly size: FrameOutput;
};

/**
 * Judges the shot detectors on films whose cuts are known, and times them against ffmpeg decoding and scaling the same files to
 * nothing. The limit is measured before and after each detector and the mean taken, as the machine may be shared.
 */
export const bench: Bench = async (options) => {
  const sets =
    options.media === undefined
      ? sharedSets()
      : [{ name: 'all', folder: options.media, goal: 0.97 }];
  const results: Measurement[] = [];
  for (const { name, folder, goal } of sets) {
    const films = await openFilms(folder, options);
    for (const detector of Object.keys(DETECTORS)) {
      options.say(`${detector} on ${films.length} films of ${folder}`);
      results.push(...(await benchSet(detector, name, films, goal)));
    }
  }
  return results;
};

function sharedSets(): readonly { name: string; folder: string; goal: number }[] {
  if (!existsSync(SHARED_MEDIA))
    throw new Error(`There are no films at ${SHARED_MEDIA}; give a folder with --media.`);
  return [
    { name: 'all', folder: SHARED_MEDIA, goal: 0.97 },
    { name: 'composed', folder: join(SHARED_MEDIA, 'composed'), goal: 0.95 },
  ];
}

/** The films of a folder itself: those in its subfolders are sets of their own. */
async function openFilms(folder: string, { say }: BenchOptions): Promise<readonly Film[]> {
  const { videos } = JSON.parse(readFileSync(join(folder, 'truth', 'cuts.json'), 'utf8')) as {
    videos: CutTruth[];
  };
  const reader = ffmpegFrameReader();
  const films: Film[] = [];
  for (const truth of videos.filter(({ file }) => !file.includes('/'))) {
    const path = join(folder, truth.file);
    const info = await reader.probe(path);
    films.push({ path, truth, info, size: analysedSize({ info }) });
  }
  say(
    `${films.length} films, ${films.reduce((sum, { truth }) => sum + truth.frames_decoded, 0)} frames`,
  );
  return films;
}

async function benchSet(
  detector: string,
  set: string,
  films: readonly Film[],
  goal: number,
): Promise<readonly Measurement[]> {
  const before = await timed(() => decodeAll(films));
  const found = new Map<Film, readonly Boundary[]>();
  const seconds = await timed(() => detectAll(detector, films, found));
  const after = await timed(() => decodeAll(films));
  const prefix = set === 'all' ? detector : `${detector}/${set}`;
  const goals = detector === 'default' ? goal : undefined;
  const frames = films.reduce((sum, { truth }) => sum + truth.frames_decoded, 0);
  const perFilm = films.flatMap((film) => accuracy(`${prefix}/${film.truth.file}`, [film], found));
  return [
    ...perFilm.filter(({ metric }) => metric !== 'false-on-negatives'),
    ...accuracy(`${prefix}/all`, films, found, goals),
    measured(`${prefix}/all`, 'frames-per-second', frames / seconds, 'frames/s'),
    measured(
      `${prefix}/all`,
      'ratio-to-decode-limit',
      (before + after) / 2 / seconds,
      'ratio',
      0.9,
    ),
  ];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function detectAll(
  name: string,
  films: readonly Film[],
  found: Map<Film, readonly Boundary[]>,
): Promise<void> {
  const detector = DETECTORS[name]?.();
  if (detector === undefined) throw new TypeError(`There is no detector "${name}".`);
  const reader = ffmpegFrameReader();
  await everyFilm(films, async (film) => {
    const detection = detector.start();
    const request = { select: { kind: 'all' }, outputs: [film.size] } as const;
    for await (const { index, timeMs, pictures } of reader.frames(film.path, request)) {
      const [picture] = pictures;
      if (picture !== undefined) detection.push({ index, timeMs, picture });
    }
    found.set(film, detection.finish());
  });
}

/** The limit: the same decoder, one thread each, the same scaling, and nobody to hand the pictures to. */
async function decodeAll(films: readonly Film[]): Promise<void> {
  await everyFilm(films, ({ path, info, size }) => {
    const filters = `scale=${size.width}:${size.height}:flags=fast_bilinear,format=rgb24`;
    const input = [
      '-v',
      'quiet',
      '-nostdin',
      '-noautorotate',
      '-threads',
      '1',
      '-i',
      `file:${path}`,
    ];
    const output = [
      '-map',
      `0:${info.video.stream}`,
      '-vf',
      filters,
      '-fps_mode',
      'passthrough',
      '-f',
      'null',
      '-',
    ];
    return new Promise<void>((resolve, reject) => {
      const child = spawn('ffmpeg', [...input, ...output], { stdio: 'ignore' });
      child.once('error', reject);
      child.once('close', () => resolve());
    });
  });
}

async function everyFilm(
  films: readonly Film[],
  work: (film: Film) => Promise<void>,
): Promise<void> {
  // The largest first, as a run orders them, so that no long one is left at the end.
  const ordered = films.toSorted((a, b) => b.info.bytes - a.info.bytes);
  const doing = mapInOrder(each(ordered), { concurrency: FILES_AT_ONCE }, work);
  const iterator = doing[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
  await Promise.resolve();
}

function accuracy(
  name: string,
  films: readonly Film[],
  found: ReadonlyMap<Film, readonly Boundary[]>,
  goal?: number,
): readonly Measurement[] {
  const exact = total(films, found, 0);
  const near = total(films, found, 1);
  const gradual = exact.gradualFound + exact.gradualMissed;
  const isKnown = exact.hits + exact.missed > 0;
  return [
    ...(isKnown ? hardCuts(name, exact, near, goal) : []),
    measured(name, 'false-alarms', exact.false, 'count'),
    ...(gradual === 0 ? [] : gradualRanges(name, exact)),
    ...Object.entries(exact.negatives).map(([kind, { fooled, all }]) =>
      measured(
        `${name.replace(/\/all$/, '')}/negatives/${kind}`,
        'false-on-negatives',
        fooled,
        `of ${all}`,
      ),
    ),
  ];
}

function hardCuts(
  name: string,
  exact: ShotScore,
  near: ShotScore,
  goal?: number,
): readonly Measurement[] {
  return [
    measured(name, 'precision-hard-0', share(exact.hits, exact.hits + exact.false), 'ratio'),
    measured(name, 'recall-hard-0', share(exact.hits, exact.hits + exact.missed), 'ratio'),
    measured(name, 'f1-hard-0', f1(exact), 'ratio', goal),
    measured(name, 'f1-hard-1', f1(near), 'ratio'),
  ];
}

function gradualRanges(
  name: string,
  { gradualFound, gradualMissed, gradualExtra }: ShotScore,
): readonly Measurement[] {
  return [
    measured(name, 'recall-gradual', share(gradualFound, gradualFound + gradualMissed), 'ratio'),
    measured(name, 'precision-gradual', share(gradualFound, gradualFound + gradualExtra), 'ratio'),
  ];
}

function total(
  films: readonly Film[],
  found: ReadonlyMap<Film, readonly Boundary[]>,
  tolerance: number,
): ShotScore {
  const sum = emptyScore();
  for (const film of films) addScore(sum, scoreShots(film.truth, found.get(film) ?? [], tolerance));
  return sum;
}

function f1(score: ShotScore): number {
  return share(2 * score.hits, 2 * score.hits + score.false + score.missed);
}

/** A share of nothing is nothing: no hits among no boundaries. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
