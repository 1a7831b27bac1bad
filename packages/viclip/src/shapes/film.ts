/** Shapes that films show. */
export const SHAPES = ['disc', 'square', 'triangle', 'cross', 'ring'] as const;
/** Colours of shapes. */
export const COLOURS = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'white',
  'black',
] as const;
/** Sizes of shapes that keep their size. */
export const SIZES = ['small', 'large'] as const;
/** How many shapes move alike. */
export const COUNTS = [1, 2, 3] as const;
/** Ways that a shape goes. */
export const DIRECTIONS = ['left', 'right', 'up', 'down'] as const;
/** What shapes do all through a film. */
export const MOTIONS = [
  'left',
  'right',
  'up',
  'down',
  'grows',
  'shrinks',
  'still',
  'blinks',
] as const;

export type Shape = (typeof SHAPES)[number];
export type Colour = (typeof COLOURS)[number];
export type Size = (typeof SIZES)[number];
export type Count = (typeof COUNTS)[number];
export type Direction = (typeof DIRECTIONS)[number];
export type Motion = (typeof MOTIONS)[number];

/** What is seen. */
export type Thing = { readonly shape: Shape; readonly colour: Colour };

/** One or more equal things that do one thing. What grows or shrinks has no size. */
export type MotionFilm = {
  readonly kind: 'motion';
  readonly thing: Thing;
  readonly count: Count;
  readonly size: Size | undefined;
  readonly motion: Motion;
};

/** A thing that goes one way, then another. */
export type TurnFilm = {
  readonly kind: 'turn';
  readonly thing: Thing;
  readonly size: Size;
  readonly moves: readonly [Direction, Direction];
};

/** A thing, and when it is gone another one. */
export type SequenceFilm = { readonly kind: 'sequence'; readonly things: readonly [Thing, Thing] };

/** What happens in a film: two films of equal content have equal captions, and look different. */
export type ShapesFilm = MotionFilm | TurnFilm | SequenceFilm;

const OPPOSITES = { left: 'right', right: 'left', up: 'down', down: 'up' } as const;
const BACKWARDS = {
  ...OPPOSITES,
  grows: 'shrinks',
  shrinks: 'grows',
  still: 'still',
  blinks: 'blinks',
} as const;

/** What the film shows when it is played backwards. */
export function backwards(film: ShapesFilm): ShapesFilm {
  switch (film.kind) {
    case 'motion':
      return { ...film, motion: BACKWARDS[film.motion] };
    case 'turn':
      return { ...film, moves: [OPPOSITES[film.moves[1]], OPPOSITES[film.moves[0]]] };
    case 'sequence':
      return { ...film, things: [film.things[1], film.things[0]] };
  }
}

/** A name of what happens, the same for equal films only. */
export function filmName(film: ShapesFilm): string {
  const word = ({ colour, shape }: Thing): string => `${colour}-${shape}`;
  switch (film.kind) {
    case 'motion': {
      const { count, size, thing, motion } = film;
      return [count, size ?? 'any', word(thing), motion].join('-');
    }
    case 'turn':
      return [film.size, word(film.thing), ...film.moves].join('-');
    case 'sequence':
      return film.things.map(word).join('-then-');
  }
}

/** Every film that there is, 4,200 of them. */
export function allFilms(): readonly ShapesFilm[] {
  return [...motionFilms(), ...turnFilms(), ...sequenceFilms()];
}

const THINGS: readonly Thing[] = SHAPES.flatMap((shape) =>
  COLOURS.map((colour) => ({ shape, colour })),
);

function motionFilms(): readonly ShapesFilm[] {
  return THINGS.flatMap((thing) =>
    COUNTS.flatMap((count) =>
      MOTIONS.flatMap((motion) => {
        const hasSize = motion !== 'grows' && motion !== 'shrinks';
        const sizes = hasSize ? SIZES : [undefined];
        return sizes.map((size) => ({ kind: 'motion', thing, count, size, motion }) as const);
      }),
    ),
  );
}

function turnFilms(): readonly ShapesFilm[] {
  const turns = DIRECTIONS.flatMap((first) =>
    DIRECTIONS.filter((second) => second !== first).map((second) => [first, second] as const),
  );
  return THINGS.flatMap((thing) =>
    SIZES.flatMap((size) => turns.map((moves) => ({ kind: 'turn', thing, size, moves }) as const)),
  );
}

function sequenceFilms(): readonly ShapesFilm[] {
  return THINGS.flatMap((first) =>
    THINGS.filter((second) => second !== first).map(
      (second) => ({ kind: 'sequence', things: [first, second] }) as const,
    ),
  );
}
