import {
  backwards,
  COLOURS,
  COUNTS,
  DIRECTIONS,
  filmName,
  MOTIONS,
  SHAPES,
  SIZES,
  type ShapesFilm,
} from './film.js';

/**
 * What can be asked about a film. `direction` sets a motion or a turn, and `order` two things that follow each other, against the same
 * film played backwards: each picture is in both, so only a look at time tells.
 */
export type Attribute =
  'shape' | 'colour' | 'size' | 'count' | 'motion' | 'turn' | 'direction' | 'order';

/** All that can be asked. */
export const ATTRIBUTES: readonly Attribute[] = [
  'shape',
  'colour',
  'size',
  'count',
  'motion',
  'turn',
  'direction',
  'order',
];

/** Answers to choose from: the film itself, which comes first, and films that differ from it in one attribute alone. */
export type Question = { readonly attribute: Attribute; readonly answers: readonly ShapesFilm[] };

/** Every question about a film; who guesses is right once in as many times as there are answers. */
export function questionsAbout(film: ShapesFilm): readonly Question[] {
  switch (film.kind) {
    case 'motion': {
      const { thing, size } = film;
      return [
        ask(film, 'shape', SHAPES, (shape) => ({ ...film, thing: { ...thing, shape } })),
        ask(film, 'colour', COLOURS, (colour) => ({ ...film, thing: { ...thing, colour } })),
        ...(size === undefined ? [] : [ask(film, 'size', SIZES, (of) => ({ ...film, size: of }))]),
        ask(film, 'count', COUNTS, (count) => ({ ...film, count })),
        ask(film, 'motion', likeMotions(size !== undefined), (motion) => ({ ...film, motion })),
        ...backwardsOf(film),
      ];
    }
    case 'turn': {
      const { thing } = film;
      const turns = DIRECTIONS.flatMap((first) =>
        DIRECTIONS.filter((second) => second !== first).map((second) => [first, second] as const),
      );
      return [
        ask(film, 'shape', SHAPES, (shape) => ({ ...film, thing: { ...thing, shape } })),
        ask(film, 'colour', COLOURS, (colour) => ({ ...film, thing: { ...thing, colour } })),
        ask(film, 'size', SIZES, (size) => ({ ...film, size })),
        ask(film, 'turn', turns, (moves) => ({ ...film, moves })),
        ...backwardsOf(film),
      ];
    }
    case 'sequence':
      return [{ attribute: 'order', answers: [film, backwards(film)] }];
  }
}

/** Nothing to ask where the film is the same backwards. */
function backwardsOf(film: ShapesFilm): readonly Question[] {
  const other = backwards(film);
  const isSame = filmName(other) === filmName(film);
  return isSame ? [] : [{ attribute: 'direction', answers: [film, other] }];
}

/** What changes its size has none, and the other way round. */
function likeMotions(hasSize: boolean): (typeof MOTIONS)[number][] {
  return MOTIONS.filter((motion) => (motion === 'grows' || motion === 'shrinks') !== hasSize);
}

function ask<Value>(
  film: ShapesFilm,
  attribute: Attribute,
  values: readonly Value[],
  changed: (value: Value) => ShapesFilm,
): Question {
  const others = values.map(changed).filter((other) => filmName(other) !== filmName(film));
  return { attribute, answers: [film, ...others] };
}
