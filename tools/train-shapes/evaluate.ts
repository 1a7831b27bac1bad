import {
  dotProducts,
  evaluateRetrieval,
  PREPROCESSINGS,
  preprocess,
  type ClipTokenizer,
  type Trainer,
} from '../../packages/viclip/src/index.js';
import { plainCaption } from '../../packages/viclip/src/shapes/captions.js';
import { drawClip } from '../../packages/viclip/src/shapes/clip.js';
import { allFilms, filmName, type ShapesFilm } from '../../packages/viclip/src/shapes/film.js';
import { isHeldOut } from '../../packages/viclip/src/shapes/held-out.js';
import {
  ATTRIBUTES,
  questionsAbout,
  type Attribute,
} from '../../packages/viclip/src/shapes/questions.js';
import { randomFrom } from '../../packages/viclip/src/shapes/random.js';

/** In which order the model sees the pictures of a film. */
export type Order = 'as drawn' | 'shuffled' | 'backwards';

/** What a model makes of films that it never learnt from; shares from 0 to 1. */
export type Figures = {
  readonly films: number;
  readonly textToVideo: number;
  readonly videoToText: number;
  readonly attributes: Readonly<Record<Attribute, AttributeFigures>>;
};

/** How often the right answer was the nearest, and how often a guess would be. */
export type AttributeFigures = {
  readonly questions: number;
  readonly right: number;
  readonly chance: number;
};

/** Clips that go through the model at once. */
const BATCH = 64;

/** Films that are held out, in an order by chance. */
export function heldOutFilms(count: number, seed = 'test'): readonly ShapesFilm[] {
  const random = randomFrom(seed);
  return allFilms()
    .filter(isHeldOut)
    .map((film) => ({ film, place: random.between(0, 1) }))
    .sort((a, b) => a.place - b.place)
    .slice(0, count)
    .map(({ film }) => film);
}

/** Retrieval among the films, and every question about each of them. */
export async function evaluate(
  trainer: Trainer,
  tokenizer: ClipTokenizer,
  films: readonly ShapesFilm[],
  order: Order = 'as drawn',
): Promise<Figures> {
  const videos = await vectorsOfFilms(trainer, films, order);
  const questions = films.map(questionsAbout);
  const answers = [
    ...new Map(
      [...films, ...questions.flat().flatMap((question) => question.answers)].map(
        (film) => [filmName(film), film] as const,
      ),
    ).values(),
  ];
  const places = new Map(answers.map((film, place) => [filmName(film), place]));
  const texts = await vectorsOfTexts(trainer, tokenizer, answers.map(plainCaption));
  const placeOf = (film: ShapesFilm): number => places.get(filmName(film)) ?? -1;
  const own = films.map((film) => texts[placeOf(film)] ?? new Float32Array());
  const { plain } = evaluateRetrieval(
    dotProducts(videos, own),
    films.map((_, film) => [film]),
  );
  const cosines = dotProducts(videos, texts);
  const isRight = (film: number, candidates: readonly ShapesFilm[]): boolean => {
    const [right = -1, ...wrong] = candidates.map(
      (answer) => cosines.values[film * cosines.columns + placeOf(answer)] ?? -1,
    );
    return wrong.every((cosine) => cosine < right);
  };
  const attributes = ATTRIBUTES.map((attribute) => {
    const asked = questions.flatMap((of, film) =>
      of.filter((question) => question.attribute === attribute).map((of) => ({ film, ...of })),
    );
    const right = asked.filter(({ film, answers: all }) => isRight(film, all)).length;
    const chance = asked.reduce((sum, { answers: all }) => sum + 1 / all.length, 0);
    const questionCount = Math.max(1, asked.length);
    return [
      attribute,
      { questions: asked.length, right: right / questionCount, chance: chance / questionCount },
    ] as const;
  });
  return {
    films: films.length,
    textToVideo: plain.textToVideo.r1 / 100,
    videoToText: plain.videoToText.r1 / 100,
    attributes: Object.fromEntries(attributes) as Figures['attributes'],
  };
}

/** The figures as the rows of a table in Markdown: one column for each set. */
export function figuresTable(sets: Readonly<Record<string, Figures>>): string {
  const percent = (share: number): string => (100 * share).toFixed(1);
  const [first] = Object.values(sets);
  if (first === undefined) return '';
  const row = (name: string, chance: number, of: (figures: Figures) => number): string =>
    `| ${[name, percent(chance), ...Object.values(sets).map((each) => percent(of(each)))].join(' | ')} |`;
  return [
    `| in percent | chance | ${Object.keys(sets).join(' | ')} |`,
    `|${' --- |'.repeat(2 + Object.keys(sets).length)}`,
    row(`text to film, R@1 of ${first.films}`, 1 / first.films, (each) => each.textToVideo),
    row(`film to text, R@1 of ${first.films}`, 1 / first.films, (each) => each.videoToText),
    ...ATTRIBUTES.map((name) =>
      row(name, first.attributes[name].chance, (each) => each.attributes[name].right),
    ),
  ].join('\n');
}

async function vectorsOfFilms(
  trainer: Trainer,
  films: readonly ShapesFilm[],
  order: Order,
): Promise<readonly Float32Array[]> {
  const { frames, image } = trainer.config.vision;
  const rows: Float32Array[] = [];
  for (let first = 0; first < films.length; first += BATCH) {
    const pictures = films.slice(first, first + BATCH).flatMap((film, place) => {
      const clip = drawClip(film, `test/${first + place}`, { frames, side: image });
      return orderOf(order, frames, first + place).flatMap((frame) => clip[frame] ?? []);
    });
    const vectors = await trainer.embedClips(preprocess(pictures, image, PREPROCESSINGS.viclip));
    rows.push(...unitRows(vectors, trainer.config.dimension));
  }
  return rows;
}

function orderOf(order: Order, frames: number, film: number): readonly number[] {
  const drawn = Array.from({ length: frames }, (_, frame) => frame);
  if (order === 'as drawn') return drawn;
  if (order === 'backwards') return drawn.reverse();
  const random = randomFrom(`order/${film}`);
  return drawn
    .map((frame) => ({ frame, place: random.between(0, 1) }))
    .sort((a, b) => a.place - b.place)
    .map(({ frame }) => frame);
}

async function vectorsOfTexts(
  trainer: Trainer,
  tokenizer: ClipTokenizer,
  texts: readonly string[],
): Promise<readonly Float32Array[]> {
  const rows: Float32Array[] = [];
  for (let first = 0; first < texts.length; first += 4 * BATCH) {
    const part = texts.slice(first, first + 4 * BATCH);
    const tokens = tokenizer.tokenize(part, trainer.config.text.context);
    rows.push(...unitRows(await trainer.embedTexts(tokens), trainer.config.dimension));
  }
  return rows;
}

function unitRows(values: Float32Array, dimension: number): readonly Float32Array[] {
  return Array.from({ length: values.length / dimension }, (_, row) => {
    const vector = values.slice(row * dimension, (row + 1) * dimension);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
}
