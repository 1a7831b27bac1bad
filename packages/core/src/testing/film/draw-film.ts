import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { ToolkitError } from '../../errors.js';
import { findFfmpeg } from '../../media/find-ffmpeg.js';
import type { FilmSpec } from './film-spec.js';
import { filmTruth, type FilmTruth } from './film-truth.js';
import { renderFrames } from './render.js';
import { filmSound } from './sound.js';

/** How a film is written. */
export type DrawFilmOptions = {
  /** Path of the ffmpeg to encode with, built with x264. Default: the one that `findFfmpeg` finds. */
  readonly ffmpeg?: string;
  readonly signal?: AbortSignal;
};

/** A written film and what is true of it. */
export type DrawnFilm = FilmTruth & { readonly file: string };

/**
 * Draws a film and encodes it as H.264, with AAC where a shot has a tone. The pictures are the same bytes everywhere, the
 * file is the same for one build of ffmpeg. It appears whole at `path`, whose extension names the container.
 *
 * @throws ToolkitError `missing-dependency` without ffmpeg, `process-failed` when it refuses; the abort reason when aborted.
 */
export async function drawFilm(
  film: FilmSpec,
  path: string,
  options: DrawFilmOptions = {},
): Promise<DrawnFilm> {
  const truth = filmTruth(film);
  const folder = await mkdtemp(join(dirname(path), '.drawing-'));
  try {
    const unfinished = join(folder, basename(path));
    const sound = filmSound(film);
    const soundFile = join(folder, 'sound.wav');
    if (sound !== undefined) await writeFile(soundFile, sound);
    const soundInput = sound === undefined ? [] : ['-i', soundFile];
    await encode(film, [...pictureInput(film), ...soundInput, ...OUTPUT, unfinished], options);
    await rename(unfinished, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { ...truth, file: path };
}

function pictureInput({ width, height, frameRate: { num, den } }: FilmSpec): readonly string[] {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`];
  return ['-v', 'error', ...raw, '-r', `${num}/${den}`, '-i', 'pipe:0'];
}

const OUTPUT: readonly string[] = [
  // Few artefacts at a small size; one thread, since x264 writes other bytes for another number of them.
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-threads', '1'],
  ...['-c:a', 'aac', '-b:a', '48k'],
  ...['-vf', 'scale=out_color_matrix=bt709', '-pix_fmt', 'yuv420p'],
  ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
  ...['-map_metadata', '-1', '-fflags', '+bitexact', '-flags', '+bitexact'],
];

async function encode(
  film: FilmSpec,
  args: readonly string[],
  { ffmpeg, signal }: DrawFilmOptions,
): Promise<void> {
  const { path } = findFfmpeg('ffmpeg', ffmpeg);
  const child = spawn(path, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(signal && { signal }),
  });
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  const complaint = text(child.stderr);
  const pictures = Readable.from(pixels(film), { objectMode: true, highWaterMark: 2 });
  // A dead encoder closes its end first: its own words say more than the broken pipe.
  const [fed, ended] = await Promise.allSettled([pipeline(pictures, child.stdin), closed]);
  signal?.throwIfAborted();
  const problem = (await complaint).trim();
  if (ended.status === 'rejected') throw cannotDraw(film, `${path} did not start`, ended.reason);
  const [code] = ended.value;
  if (code !== 0) throw cannotDraw(film, `ffmpeg ended with code ${String(code)}: ${problem}`);
  if (fed.status === 'rejected') throw cannotDraw(film, 'it took no more frames', fed.reason);
}

function* pixels(film: FilmSpec): Generator<Uint8Array, void, undefined> {
  for (const { data } of renderFrames(film)) yield data;
}

function cannotDraw(film: FilmSpec, what: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'process-failed',
    `The film "${film.name}" could not be encoded: ${what}. An ffmpeg with libx264 is needed.`,
    { cause },
  );
}
