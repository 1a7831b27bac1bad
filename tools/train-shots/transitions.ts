import { blend, clamp, lookAt, mapValues, type Canvas, type Size } from './canvas.js';
import type { Random } from './random.js';

/** How one shot becomes the next over several pictures; `part` runs from just above 0 to just below 1. */
export type Transition = {
  readonly kind: string;
  mix(old: Canvas, fresh: Canvas, part: number): Canvas;
};

/** Transitions that end in the new shot; fades, which stop at a plain colour in between, are made of two. */
const KINDS = {
  dissolve: 40,
  dissolve_through_white: 8,
  dissolve_through_black: 3,
  zoom: 11,
  wipe: 30,
  soft_wipe: 5,
  diagonal_wipe: 4,
  iris: 4,
  push: 16,
  cover: 4,
} as const;

/** Draws a transition by lot. */
export function drawTransition(size: Size, random: Random): Transition {
  const kind = random.weighted(KINDS);
  return { kind, mix: MAKERS[kind](size, random) };
}

type Mix = Transition['mix'];

const MAKERS: Readonly<Record<keyof typeof KINDS, (size: Size, random: Random) => Mix>> = {
  dissolve: (_, random) => {
    const isEased = random.chance(0.3);
    return (old, fresh, part) => blend(old, fresh, isEased ? part * part * (3 - 2 * part) : part);
  },
  dissolve_through_white: () => through(255),
  dissolve_through_black: () => through(0),
  zoom: zoomDissolve,
  wipe: (size, random) => {
    const [dx, dy] = random.pick([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const);
    return wipe(size, (x, y) => place(x, dx) + place(y, dy), 0);
  },
  soft_wipe: (size, random) => {
    const [dx, dy] = random.pick([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const);
    return wipe(size, (x, y) => place(x, dx) + place(y, dy), random.between(0.05, 0.25));
  },
  diagonal_wipe: (size, random) => {
    const isFalling = random.chance(0.5);
    return wipe(size, (x, y) => (x + (isFalling ? y : 1 - y)) / 2, 0);
  },
  iris: (size, random) => {
    const isOpening = random.chance(0.7);
    return wipe(
      size,
      (x, y) => {
        const away = Math.hypot(x - 0.5, y - 0.5) / Math.SQRT1_2;
        return isOpening ? away : 1 - away;
      },
      0,
    );
  },
  push: (size, random) => shove(size, random, true),
  cover: (size, random) => shove(size, random, false),
};

function place(position: number, direction: number): number {
  if (direction === 0) return 0;
  return direction > 0 ? position : 1 - position;
}

function through(level: number): Mix {
  return (old, fresh, part) =>
    part < 0.5
      ? mapValues(old, (value) => value + (level - value) * part * 2)
      : mapValues(fresh, (value) => value + (level - value) * (1 - part) * 2);
}

function zoomDissolve(size: Size, random: Random): Mix {
  const most = random.between(1.2, 2.2);
  const late = random.between(0, 0.5);
  return (old, fresh, part) => {
    const view = { x: 0.5, y: 0.5, scale: 1 / (1 + (most - 1) * part) };
    return blend(
      lookAt(old, size, size, view, false),
      fresh,
      clamp((part - late) / (1 - late), 0, 1) || part / 8,
    );
  };
}

/** `order` says for each place, 0 to 1 across and down, when it turns. */
function wipe(size: Size, order: (x: number, y: number) => number, softness: number): Mix {
  return (old, fresh, part) => {
    const canvas = old.slice();
    for (let y = 0, at = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++, at += 3) {
        const turn = order((x + 0.5) / size.width, (y + 0.5) / size.height);
        const share =
          softness === 0
            ? Number(part > turn)
            : clamp((part * (1 + softness) - turn) / softness, 0, 1);
        for (let channel = at; channel < at + 3 && share > 0; channel++)
          canvas[channel] =
            (old[channel] as number) * (1 - share) + (fresh[channel] as number) * share;
      }
    }
    return canvas;
  };
}

function shove(size: Size, random: Random, movesOld: boolean): Mix {
  const isAcross = random.chance(0.5);
  const fromEnd = random.chance(0.5);
  const isEased = random.chance(0.3);
  const { width, height } = size;
  const length = isAcross ? width : height;
  return (old, fresh, part) => {
    const eased = isEased ? part * part * (3 - 2 * part) : part;
    const shift = Math.round(eased * length);
    const canvas = new Uint8Array(old.length);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 3) {
        const own = isAcross ? x : y;
        const along = fromEnd ? own : length - 1 - own;
        const isFresh = along >= length - shift;
        const moved = isFresh ? along - (length - shift) : movesOld ? along + shift : along;
        const from = fromEnd ? moved : length - 1 - moved;
        const source = isAcross ? (y * width + from) * 3 : (from * width + x) * 3;
        const picture = isFresh ? fresh : old;
        canvas[at] = picture[source] as number;
        canvas[at + 1] = picture[source + 1] as number;
        canvas[at + 2] = picture[source + 2] as number;
      }
    }
    return canvas;
  };
}
