import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analysedSize } from '@internvid/collector';
import { mapInOrder, type MediaInfo } from '@internvid/core';
import { ffmpegFrameReader, type FrameOutput, type FrameReader } from '@internvid/core/media';
import type { CutTruth } from './score-shots.js';

/** Files at once, for the limit and for the detectors alike: one decoding thread each on two cores. */
const FILES_AT_ONCE = 2;

/** A film whose boundaries are known. */
export type Film = {
  readonly path: string;
  /** The reader that probed the film, as in a run, where one step probes and another decodes. */
  readonly reader: FrameReader;
  readonly truth: CutTruth;
  readonly info: MediaInfo;
  /** The frames that most detectors look at. */
  readonly size: FrameOutput;
};

/** The films of a folder itself, by its `truth/cuts.json`: those in its subfolders are sets of their own. */
export async function openFilms(folder: string): Promise<readonly Film[]> {
  const { videos } = JSON.parse(readFileSync(join(folder, 'truth', 'cuts.json'), 'utf8')) as {
    videos: CutTruth[];
  };
  const reader = ffmpegFrameReader();
  const films: Film[] = [];
  for (const truth of videos.filter(({ file }) => !file.includes('/'))) {
    const path = join(folder, truth.file);
    const info = await reader.probe(path);
    films.push({ path, reader, truth, info, size: analysedSize({ info }) });
  }
  return films;
}

/** Frames of all films together. */
export function framesOf(films: readonly Film[]): number {
  return films.reduce((sum, { truth }) => sum + truth.frames_decoded, 0);
}

/** Seconds that the same decoder needs, one thread for each film, with the same scaling and nobody to hand the pictures to. */
export async function decodeLimit(films: readonly Film[]): Promise<number> {
  return timed(() => everyFilm(films, decodeToNothing));
}

/** Seconds that some work takes. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Works on all films, a few at once, the largest first, as a run orders them, so that no long one is left at the end. */
export async function everyFilm(
  films: readonly Film[],
  work: (film: Film) => Promise<void>,
): Promise<void> {
  const ordered = films.toSorted((a, b) => b.info.bytes - a.info.bytes);
  const doing = mapInOrder(each(ordered), { concurrency: FILES_AT_ONCE }, work);
  const iterator = doing[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
  await Promise.resolve();
}

async function decodeToNothing({ path, info, size }: Film): Promise<void> {
  const filters = `scale=${size.width}:${size.height}:flags=fast_bilinear,format=rgb24`;
  const input = ['-v', 'quiet', '-nostdin', '-noautorotate', '-threads', '1', '-i', `file:${path}`];
  const output = ['-map', `0:${info.video.stream}`, '-vf', filters, '-fps_mode', 'passthrough'];
  await new Promise<void>((resolve, reject) => {
    const child = spawn('ffmpeg', [...input, ...output, '-f', 'null', '-'], { stdio: 'ignore' });
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
