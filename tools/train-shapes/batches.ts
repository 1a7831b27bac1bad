import {
  PREPROCESSINGS,
  preprocess,
  type ClipTokenizer,
  type TrainBatch,
} from '../../packages/viclip/src/index.js';
import { captionsOf } from '../../packages/viclip/src/shapes/captions.js';
import { drawClip } from '../../packages/viclip/src/shapes/clip.js';
import {
  allFilms,
  backwards,
  filmName,
  type ShapesFilm,
} from '../../packages/viclip/src/shapes/film.js';
import { isHeldOut } from '../../packages/viclip/src/shapes/held-out.js';
import { randomFrom, type Random } from '../../packages/viclip/src/shapes/random.js';

/** Sizes of what a model sees. */
export type Seen = {
  readonly frames: number;
  readonly side: number;
  readonly context: number;
  /** Whether the pictures of each film come in an order by chance. */
  readonly isShuffled: boolean;
};

/** Films of one content but for what happens in them, which are told apart only by looking at time. */
const SIBLINGS = 4;
/** How often each kind of film is drawn. */
const KINDS: readonly ShapesFilm['kind'][] = ['motion', 'motion', 'turn', 'sequence'];

/** Makes the batch of an update: the same for the same seed and update. */
export type BatchMaker = (update: number) => TrainBatch;

/** Batches of films that are not held out, each drawn once and never again. */
export function batchMaker(
  seed: number,
  batch: number,
  { frames, side, context, isShuffled }: Seen,
  tokenizer: ClipTokenizer,
): BatchMaker {
  const films = allFilms().filter((film) => !isHeldOut(film));
  const byKind = new Map(KINDS.map((kind) => [kind, films.filter((film) => film.kind === kind)]));
  const byLikeness = new Map<string, ShapesFilm[]>();
  for (const film of films) {
    const likeness = likenessOf(film);
    byLikeness.set(likeness, [...(byLikeness.get(likeness) ?? []), film]);
  }
  return (update) => {
    const random = randomFrom(`${seed}/${update}`);
    const chosen: ShapesFilm[] = [];
    while (chosen.length < batch) {
      const film = pick(byKind.get(pick(KINDS, random)) ?? films, random);
      const alike = byLikeness.get(likenessOf(film)) ?? [];
      chosen.push(...siblingsOf(film, alike, random).slice(0, batch - chosen.length));
    }
    const pictures = chosen.flatMap((film, place) => {
      const clip = drawClip(film, `${seed}/${update}/${place}`, { frames, side });
      return isShuffled ? shuffled(clip, random) : clip;
    });
    const texts = chosen.map((film) => pick(captionsOf(film), random));
    const numbers = new Map([...new Set(chosen.map(filmName))].map((name, at) => [name, at]));
    return {
      frames: preprocess(pictures, side, PREPROCESSINGS.viclip),
      texts: { tokens: tokenizer.tokenize(texts, context) },
      ids: chosen.map((film) => numbers.get(filmName(film)) ?? 0),
    };
  };
}

/** A film, what it is backwards, and others that only a look at time tells from it. */
function siblingsOf(film: ShapesFilm, alike: readonly ShapesFilm[], random: Random): ShapesFilm[] {
  const siblings = new Map([film, backwards(film)].map((one) => [filmName(one), one]));
  while (siblings.size < Math.min(SIBLINGS, alike.length)) {
    const other = pick(alike, random);
    siblings.set(filmName(other), other);
  }
  return [...siblings.values()];
}

/** What is the same in films that only a look at time tells apart. */
function likenessOf(film: ShapesFilm): string {
  switch (film.kind) {
    case 'motion':
      return filmName({ ...film, motion: 'still' });
    case 'turn':
      return filmName({ ...film, moves: ['left', 'right'] });
    case 'sequence':
      return `first or second: ${film.things
        .map(({ colour }) => colour)
        .sort()
        .join()}`;
  }
}

function pick<Item>(items: readonly Item[], random: Random): Item {
  const found = items[Math.floor(random.between(0, items.length))];
  if (found === undefined) throw new RangeError('There is nothing to pick from.');
  return found;
}

function shuffled<Item>(items: readonly Item[], random: Random): readonly Item[] {
  return items
    .map((item) => ({ item, place: random.between(0, 1) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
