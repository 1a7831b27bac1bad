import { encodeFilm, type EncodeFilmOptions } from './encode-film.js';
import type { FilmSpec } from './film-spec.js';
import { filmTruth, type FilmTruth } from './film-truth.js';
import { renderFrames } from './render.js';
import { filmSound } from './sound.js';

/** How a film is written. */
export type DrawFilmOptions = EncodeFilmOptions;

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
  const { name, width, height, frameRate } = film;
  const content = { pictures: renderFrames(film), sound: filmSound(film) };
  await encodeFilm({ name, width, height, frameRate, ...content }, path, options);
  return { ...truth, file: path };
}
