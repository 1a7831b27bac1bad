import type { Direction, Motion, MotionFilm, ShapesFilm, Shape, Size, Thing } from './film.js';

const SHAPE_WORDS: Readonly<Record<Shape, readonly string[]>> = {
  disc: ['disc', 'circle'],
  square: ['square'],
  triangle: ['triangle'],
  cross: ['cross'],
  ring: ['ring'],
};
const SIZE_WORDS: Readonly<Record<Size, readonly string[]>> = {
  small: ['small', 'little'],
  large: ['large', 'big'],
};
const NUMBERS = { 2: 'two', 3: 'three' } as const;

/** Of one thing, and of several. */
type Verb = readonly [one: string, several: string];

const VERBS: Readonly<Record<Exclude<Motion, Direction>, readonly Verb[]>> = {
  grows: [
    ['grows', 'grow'],
    ['is growing', 'are growing'],
    ['gets bigger', 'get bigger'],
  ],
  shrinks: [
    ['shrinks', 'shrink'],
    ['is shrinking', 'are shrinking'],
    ['gets smaller', 'get smaller'],
  ],
  still: [
    ['stays still', 'stay still'],
    ['does not move', 'do not move'],
  ],
  blinks: [
    ['blinks', 'blink'],
    ['is blinking', 'are blinking'],
  ],
};

/**
 * Every caption of a film, the plainest first. All say the same and everything: captions of films of different content are never
 * true of each other.
 */
export function captionsOf(film: ShapesFilm): readonly string[] {
  return phrases(film).map((text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);
}

/** The plainest caption of a film. */
export function plainCaption(film: ShapesFilm): string {
  return captionsOf(film)[0] ?? '';
}

function phrases(film: ShapesFilm): readonly string[] {
  switch (film.kind) {
    case 'motion':
      return nounsOf(film.thing, film.count, film.size).flatMap((noun) =>
        verbsOf(film).map((verb) => `${noun} ${verb}`),
      );
    case 'turn': {
      const [first, second] = film.moves;
      return nounsOf(film.thing, 1, film.size).flatMap((noun) => [
        `${noun} moves ${first}, then ${second}`,
        `first ${noun} goes ${first}, then ${second}`,
        `${noun} moves ${second} after going ${first}`,
      ]);
    }
    case 'sequence': {
      const [firsts, seconds] = film.things.map((thing) => nounsOf(thing, 1, undefined));
      return (firsts ?? []).flatMap((first) =>
        (seconds ?? []).flatMap((second) => [
          `${first} appears, then ${second}`,
          `${first} is followed by ${second}`,
          `${second} appears after ${first}`,
        ]),
      );
    }
  }
}

function nounsOf(
  { shape, colour }: Thing,
  count: MotionFilm['count'],
  size: Size | undefined,
): readonly string[] {
  const sizes = size === undefined ? [''] : SIZE_WORDS[size].map((word) => `${word} `);
  return sizes.flatMap((word) =>
    SHAPE_WORDS[shape].map((name) => {
      const rest = `${word}${colour} ${name}`;
      if (count === 1) return `${/^[aeiou]/.test(rest) ? 'an' : 'a'} ${rest}`;
      return `${NUMBERS[count]} ${rest}${name.endsWith('s') ? 'es' : 's'}`;
    }),
  );
}

function verbsOf({ motion, count }: MotionFilm): readonly string[] {
  const verbs: readonly Verb[] = isDirection(motion)
    ? [
        [`moves ${motion}`, `move ${motion}`],
        [`is moving ${motion}`, `are moving ${motion}`],
        [`goes ${motion}`, `go ${motion}`],
      ]
    : VERBS[motion];
  return verbs.map(([one, several]) => (count === 1 ? one : several));
}

function isDirection(motion: Motion): motion is Direction {
  return motion === 'left' || motion === 'right' || motion === 'up' || motion === 'down';
}
