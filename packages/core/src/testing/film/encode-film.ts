import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ToolkitError } from '../../errors.js';
import { findFfmpeg } from '../../media/find-ffmpeg.js';
import type { Fraction } from '../../media-info.js';

/** Pictures that become a film. */
export type FilmToEncode = {
  /** What messages call it. */
  readonly name: string;
  /** Even numbers of pixels. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: Fraction;
  /** In order of time, each `width * height * 3` bytes: red, green, blue, row-major. Taken one by one as the encoder goes on. */
  readonly pictures: Iterable<{ readonly data: Uint8Array }>;
  /** A WAV file. Default: none. */
  readonly sound?: Uint8Array | undefined;
};

/** How a film is encoded. */
export type EncodeFilmOptions = {
  /** Path of the ffmpeg to encode with, built with x264. Default: the one that `findFfmpeg` finds. */
  readonly ffmpeg?: string;
  readonly signal?: AbortSignal;
};

/**
 * Encodes pictures as H.264, with sound as AAC. The file is the same for the same pictures and one build of ffmpeg. It appears whole at
 * `path`, whose extension names the container.
 *
 * @throws ToolkitError `missing-dependency` without ffmpeg, `process-failed` when it refuses; the abort reason when aborted.
 */
export async function encodeFilm(
  film: FilmToEncode,
  path: string,
  options: EncodeFilmOptions = {},
): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), '.drawing-'));
  try {
    const unfinished = join(folder, basename(path));
    const soundFile = join(folder, 'sound.wav');
    if (film.sound !== undefined) await writeFile(soundFile, film.sound);
    const soundInput = film.sound === undefined ? [] : ['-i', soundFile];
    await encode(film, [...pictureInput(film), ...soundInput, ...OUTPUT, unfinished], options);
    await rename(unfinished, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pictureInput({
  width,
  height,
  frameRate: { num, den },
}: Pick<FilmToEncode, 'width' | 'height' | 'frameRate'>): readonly string[] {
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
  film: FilmToEncode,
  args: readonly string[],
  { ffmpeg, signal }: EncodeFilmOptions,
): Promise<void> {
  const { path } = findFfmpeg('ffmpeg', ffmpeg);
  const child = spawn(path, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(signal && { signal }),
  });
  const closed = once(child, 'close') as Promise<[code: number | null]>;
  const complaint = text(child.stderr);
  const pictures = Readable.from(bytes(film), { objectMode: true, highWaterMark: 2 });
  // A dead encoder closes its end first: its own words say more than the broken pipe.
  const [fed, ended] = await Promise.allSettled([pipeline(pictures, child.stdin), closed]);
  signal?.throwIfAborted();
  const problem = (await complaint).trim();
  if (ended.status === 'rejected') throw cannotEncode(film, `${path} did not start`, ended.reason);
  const [code] = ended.value;
  if (code !== 0) throw cannotEncode(film, `ffmpeg ended with code ${String(code)}: ${problem}`);
  if (fed.status === 'rejected') throw cannotEncode(film, 'it took no more frames', fed.reason);
}

function* bytes({ pictures }: FilmToEncode): Generator<Uint8Array, void, undefined> {
  for (const { data } of pictures) yield data;
}

function cannotEncode(film: FilmToEncode, what: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'process-failed',
    `The film "${film.name}" could not be encoded: ${what}. An ffmpeg with libx264 is needed.`,
    { cause },
  );
}
