import type { Colour, Direction, MotionFilm, Shape, ShapesFilm, Size, Thing } from './film.js';
import { randomFrom, type Random } from './random.js';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Where a figure is at a moment, in shares of the picture's side; y goes down. */
export type Pose = { readonly x: number; readonly y: number; readonly radius: number };

/** Something that is drawn. */
export type Figure = {
  readonly shape: Shape;
  readonly colour: Rgb;
  /** Radians. */
  readonly tilt: number;
  /**
   * @param time from 0 to 1, the length of the film.
   * @returns undefined while it is not there.
   */
  readonly poseAt: (time: number) => Pose | undefined;
};

/** A film with all that its caption does not say. */
export type Scene = {
  /** The later ones cover the earlier. */
  readonly figures: readonly Figure[];
  /** Colours of the ground at the upper left and at the lower right. */
  readonly ground: readonly [Rgb, Rgb];
  /** Width of edges as a share of the picture's side. */
  readonly softness: number;
  /** Largest deviation of a value from what is drawn, 0 to 255. */
  readonly noise: number;
  /** What the noise of all pictures is drawn from: films of one pattern would show in which order their pictures were drawn. */
  readonly noiseSeed: number;
};

const COLOUR_VALUES: Readonly<Record<Colour, Rgb>> = {
  red: [215, 35, 35],
  orange: [243, 138, 20],
  yellow: [245, 225, 45],
  green: [35, 165, 60],
  blue: [40, 80, 220],
  purple: [150, 45, 190],
  white: [244, 244, 244],
  black: [14, 14, 14],
};
/** Radii, in shares of the picture's side. */
const RADII: Readonly<Record<Size | 'middle', readonly [number, number]>> = {
  small: [0.085, 0.105],
  large: [0.15, 0.175],
  middle: [0.11, 0.16],
};
/** Three have to be smaller and go less far to stay apart. */
const MOST_OF_THREE = { radius: 0.125, way: 0.42 } as const;
const STEPS: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

/** Draws the lots of a film: places, speeds, tones, ground. The same name gives the same scene. */
export function sceneOf(film: ShapesFilm, name: string): Scene {
  const random = randomFrom(name);
  const tone = random.between(75, 160);
  const ground = (): Rgb => near([tone, tone, tone], 16, random);
  return {
    ground: [ground(), ground()],
    softness: random.between(0.015, 0.04),
    noise: random.between(0, 14),
    figures: figuresOf(film, random),
    noiseSeed: Math.floor(random.between(0, 2 ** 32)),
  };
}

function figuresOf(film: ShapesFilm, random: Random): readonly Figure[] {
  switch (film.kind) {
    case 'motion': {
      const move = motionOf(film, random);
      const places = placesFor(film.count, move, random);
      return places.map((place) => figureOf(film.thing, from(place, move), random));
    }
    case 'turn': {
      const move = turnOf(film.moves, film.size, random);
      const [place] = placesFor(1, move, random);
      return place === undefined ? [] : [figureOf(film.thing, from(place, move), random)];
    }
    case 'sequence': {
      const change = random.between(0.42, 0.58);
      return film.things.map((thing, which) => {
        const radius = random.between(...RADII.middle);
        const move: Move = {
          at: () => [0, 0, radius],
          isShown: (t) => t < change === (which === 0),
        };
        return figureOf(thing, from(placesFor(1, move, random)[0] ?? [0.5, 0.5], move), random);
      });
    }
  }
}

function figureOf({ shape, colour }: Thing, poseAt: Figure['poseAt'], random: Random): Figure {
  return {
    shape,
    colour: near(COLOUR_VALUES[colour], 14, random),
    tilt: random.between(-0.12, 0.12),
    poseAt,
  };
}

/** How far from its start, and how large, something is at a time. */
type Move = {
  readonly at: (time: number) => readonly [x: number, y: number, radius: number];
  readonly isShown: (time: number) => boolean;
};

function from([x, y]: readonly [number, number], { at, isShown }: Move): Figure['poseAt'] {
  return (time) => {
    if (!isShown(time)) return undefined;
    const [right, down, radius] = at(time);
    return { x: x + right, y: y + down, radius };
  };
}

function motionOf({ motion, size, count }: MotionFilm, random: Random): Move {
  const most = count === 3 ? MOST_OF_THREE : { radius: 1, way: 1 };
  const radius = Math.min(most.radius, random.between(...RADII[size ?? 'middle']));
  const isShown = (): boolean => true;
  switch (motion) {
    case 'still':
      return { at: () => [0, 0, radius], isShown };
    case 'blinks': {
      const period = random.between(0.26, 0.4);
      const phase = random.between(0, 1);
      return { at: () => [0, 0, radius], isShown: (time) => (time / period + phase) % 1 < 0.5 };
    }
    case 'grows':
    case 'shrinks': {
      const small = random.between(0.05, 0.07);
      const growth = Math.min(most.radius, random.between(0.15, 0.19)) - small;
      const isGrowing = motion === 'grows';
      return {
        at: (time) => [0, 0, small + growth * (isGrowing ? time : 1 - time)],
        isShown,
      };
    }
    default: {
      const [x, y] = STEPS[motion];
      const way = Math.min(most.way, random.between(0.38, 0.6));
      return { at: (time) => [x * way * time, y * way * time, radius], isShown };
    }
  }
}

function turnOf(
  [first, second]: readonly [Direction, Direction],
  size: Size,
  random: Random,
): Move {
  const radius = random.between(...RADII[size]);
  const way = random.between(0.34, 0.5);
  const turn = random.between(0.45, 0.55);
  const [one, other] = [STEPS[first], STEPS[second]];
  return {
    at: (time) => {
      const before = way * Math.min(1, time / turn);
      const after = way * Math.max(0, (time - turn) / (1 - turn));
      return [one[0] * before + other[0] * after, one[1] * before + other[1] * after, radius];
    },
    isShown: () => true,
  };
}

/** Close enough together that no turn goes far between them. */
const TIMES = Array.from({ length: 21 }, (_, step) => step / 20);
const MARGIN = 0.02;

/** Starts from which nothing leaves the picture, and things that move alike stay apart. */
function placesFor(
  count: number,
  { at }: Move,
  random: Random,
): readonly (readonly [number, number])[] {
  const poses = TIMES.map(at);
  const radius = Math.max(...poses.map(([, , size]) => size));
  const room = ([0, 1] as const).map((axis) => {
    const offsets = poses.map((pose) => pose[axis]);
    return [radius + MARGIN - Math.min(...offsets), 1 - radius - MARGIN - Math.max(...offsets)];
  });
  const place = (): readonly [number, number] => {
    const [x = 0.5, y = 0.5] = room.map(([low = 0.5, high = 0.5]) => random.between(low, high));
    return [x, y];
  };
  // Where three do not fit in many tries they come closer, rather than leave the picture.
  for (let apart = 2.6 * radius; ; apart *= 0.9997) {
    const places = Array.from({ length: count }, place);
    if (nearest(places) >= apart) return places;
  }
}

function nearest(places: readonly (readonly [number, number])[]): number {
  const distances = places.flatMap(([x, y], index) =>
    places.slice(index + 1).map(([u, v]) => Math.hypot(x - u, y - v)),
  );
  return Math.min(Infinity, ...distances);
}

function near([red, green, blue]: Rgb, spread: number, random: Random): Rgb {
  const moved = (value: number): number =>
    Math.min(255, Math.max(0, value + random.between(-spread, spread)));
  return [moved(red), moved(green), moved(blue)];
}
