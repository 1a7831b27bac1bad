import type { Picture } from '@internvid/core/media';

import type { ViclipEncoder } from '../../src/backends/viclip-encoder.js';
import { dotProducts } from '../../src/eval/ranking.js';
import { evaluateRetrieval } from '../../src/retrieval.js';
import { plainCaption } from '../../src/shapes/captions.js';
import { drawClip } from '../../src/shapes/clip.js';
import { allFilms, filmName, type ShapesFilm } from '../../src/shapes/film.js';
import { isHeldOut } from '../../src/shapes/held-out.js';
import { ATTRIBUTES, questionsAbout, type Attribute } from '../../src/shapes/questions.js';
import { randomFrom } from '../../src/shapes/random.js';

/** Shares of what was right. */
export type Figures = {
  readonly textToVideo: number;
  readonly videoToText: number;
  readonly attributes: Readonly<Record<Attribute, number>>;
};

/** The films that the documented figures are of. */
export function heldOutFilms(count: number): readonly ShapesFilm[] {
  return inOrderOf('test', allFilms().filter(isHeldOut)).slice(0, count);
}

/** The pictures of the `film`-th clip in an order by chance. */
export function shuffled(pictures: readonly Picture[], film: number): readonly Picture[] {
  return inOrderOf(`order/${film}`, pictures);
}

/** A vector of each film as it was drawn for the documented figures. */
export async function watch(
  encoder: ViclipEncoder,
  films: readonly ShapesFilm[],
  arranged: (pictures: readonly Picture[], film: number) => readonly Picture[] = (same) => same,
): Promise<readonly Float32Array[]> {
  const { framesPerClip: frames, frameSize: side, maxBatch } = encoder;
  const vectors: Float32Array[] = [];
  for (let first = 0; first < films.length; first += maxBatch) {
    const clips = films
      .slice(first, first + maxBatch)
      .map((film, place) =>
        arranged(drawClip(film, `test/${first + place}`, { frames, side }), first + place),
      );
    vectors.push(...(await encoder.embedClips(clips)));
  }
  return vectors;
}

/** Retrieval among films, and every question about each, from vectors of the films. */
export async function figuresOf(
  encoder: ViclipEncoder,
  films: readonly ShapesFilm[],
  videos: readonly Float32Array[],
): Promise<Figures> {
  const asked = films.flatMap((film, row) =>
    questionsAbout(film).map((question) => ({ row, ...question })),
  );
  const answers = new Map(
    [...films, ...asked.flatMap((question) => question.answers)].map((film) => [
      filmName(film),
      plainCaption(film),
    ]),
  );
  const places = new Map([...answers.keys()].map((name, place) => [name, place]));
  const texts = await encoder.embedTexts([...answers.values()]);
  const cosines = dotProducts(videos, texts);
  const cosine = (row: number, film: ShapesFilm): number =>
    cosines.values[row * cosines.columns + (places.get(filmName(film)) ?? NaN)] ?? NaN;
  const isRight = ({ row, answers: [right, ...wrong] }: (typeof asked)[number]): boolean =>
    right !== undefined && wrong.every((film) => cosine(row, film) < cosine(row, right));
  const share = (attribute: Attribute): number => {
    const questions = asked.filter((question) => question.attribute === attribute);
    return questions.filter(isRight).length / questions.length;
  };
  // The films come first among the texts: all differ.
  const own = dotProducts(videos, texts.slice(0, films.length));
  const { plain } = evaluateRetrieval(
    own,
    films.map((_, film) => [film]),
  );
  return {
    textToVideo: plain.textToVideo.r1 / 100,
    videoToText: plain.videoToText.r1 / 100,
    attributes: Object.fromEntries(
      ATTRIBUTES.map((attribute) => [attribute, share(attribute)]),
    ) as Figures['attributes'],
  };
}

function inOrderOf<Item>(name: string, items: readonly Item[]): readonly Item[] {
  const random = randomFrom(name);
  return items
    .map((item) => ({ item, place: random.between(0, 1) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
