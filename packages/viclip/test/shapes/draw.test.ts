import { describe, expect, it } from '@jest/globals';

import { drawClip } from '../../src/shapes/clip.js';
import { drawScene } from '../../src/shapes/draw.js';
import { allFilms, filmName, type ShapesFilm } from '../../src/shapes/film.js';
import { sceneOf } from '../../src/shapes/scene.js';

const SIDE = 64;

/** What a picture shows besides its ground. */
type Seen = {
  readonly x: number;
  readonly y: number;
  readonly pixels: number;
  readonly parts: number;
};

const FILMS = allFilms().filter((_, place) => place % 47 === 0);

function filmsOf<Kind extends ShapesFilm['kind']>(
  kind: Kind,
): readonly Extract<ShapesFilm, { kind: Kind }>[] {
  return FILMS.filter((film) => film.kind === kind) as Extract<ShapesFilm, { kind: Kind }>[];
}

function seenIn(film: ShapesFilm, frames = 8): readonly Seen[] {
  const scene = { ...sceneOf(film, filmName(film)), noise: 0 };
  return Array.from({ length: frames }, (_, frame) => {
    const time = (frame + 0.5) / frames;
    const { data } = drawScene(scene, time, SIDE, frame);
    const { data: ground } = drawScene({ ...scene, figures: [] }, time, SIDE, frame);
    const covered: number[] = [];
    for (let at = 0; at < data.length; at++) {
      const pixel = Math.floor(at / 3);
      if (Math.abs(data[at]! - ground[at]!) > 30 && covered.at(-1) !== pixel) covered.push(pixel);
    }
    return seen(covered);
  });
}

/** @param places numbers of the pixels that are covered. */
function seen(places: readonly number[]): Seen {
  const mean = (of: (pixel: number) => number): number =>
    places.reduce((sum, pixel) => sum + of(pixel), 0) / places.length / SIDE;
  const left = new Set(places);
  let parts = 0;
  for (const start of places) {
    if (!left.delete(start)) continue;
    parts++;
    const queue = [start];
    for (let pixel = queue.pop(); pixel !== undefined; pixel = queue.pop()) {
      for (const step of [1, SIDE - 1, SIDE, SIDE + 1, -1, 1 - SIDE, -SIDE, -1 - SIDE]) {
        const next = pixel + step;
        if (left.delete(next)) queue.push(next);
      }
    }
  }
  const [x, y] = [mean((pixel) => pixel % SIDE), mean((pixel) => Math.floor(pixel / SIDE))];
  return { x, y, pixels: places.length, parts };
}

const STEPS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const;

function expectMove(from: Seen, to: Seen, direction: keyof typeof STEPS, least: number): void {
  const [x, y] = STEPS[direction];
  expect((to.x - from.x) * x + (to.y - from.y) * y).toBeGreaterThan(least);
  expect(Math.abs((to.x - from.x) * y + (to.y - from.y) * x)).toBeLessThan(0.04);
}

describe('a drawn film', () => {
  it('moves the way that its caption says', () => {
    for (const film of filmsOf('motion')) {
      const frames = seenIn(film);
      const [first, last] = [frames[0]!, frames.at(-1)!];
      if (film.motion in STEPS) {
        expectMove(first, last, film.motion as keyof typeof STEPS, 0.3);
      } else if (film.motion === 'grows') {
        expect(last.pixels).toBeGreaterThan(2.5 * first.pixels);
      } else if (film.motion === 'shrinks') {
        expect(first.pixels).toBeGreaterThan(2.5 * last.pixels);
      } else if (film.motion === 'still') {
        expect(frames).toEqual(Array.from({ length: 8 }, () => first));
      } else {
        const shown = frames.filter(({ pixels }) => pixels > 0).length;
        expect(shown).toBeGreaterThan(1);
        expect(shown).toBeLessThan(7);
      }
    }
  });

  it('shows as many things as its caption says, apart from each other', () => {
    for (const film of filmsOf('motion')) {
      const shown = seenIn(film).find(({ pixels }) => pixels > 0);
      expect([filmName(film), shown?.parts]).toEqual([filmName(film), film.count]);
    }
  });

  it('shows what is large larger than what is small, of every shape', () => {
    for (const film of filmsOf('turn')) {
      const at = (size: 'small' | 'large'): number => seenIn({ ...film, size })[0]?.pixels ?? 0;
      expect(at('large')).toBeGreaterThan(1.4 * at('small'));
    }
  });

  it('makes its two moves in their order', () => {
    for (const film of filmsOf('turn')) {
      const frames = seenIn(film);
      const [first, middle, last] = [frames[0]!, frames[3]!, frames[7]!];
      expectMove(first, middle, film.moves[0], 0.15);
      const before = frames[5]!;
      expectMove(before, last, film.moves[1], 0.1);
    }
  });

  it('shows one thing, then another in its own colour', () => {
    for (const film of filmsOf('sequence')) {
      const frames = seenIn(film);
      expect([filmName(film), frames.filter(({ parts }) => parts !== 1)]).toEqual([
        filmName(film),
        [],
      ]);
      const scene = sceneOf(film, filmName(film));
      const shown = [0.1, 0.9].map((time) =>
        scene.figures.filter(({ poseAt }) => poseAt(time) !== undefined),
      );
      expect(shown.map((figures) => figures.map(({ shape }) => shape))).toEqual(
        film.things.map(({ shape }) => [shape]),
      );
    }
  });

  it('never leaves the picture', () => {
    for (const film of FILMS) {
      for (const { poseAt } of sceneOf(film, filmName(film)).figures) {
        for (let time = 0; time <= 1; time += 0.05) {
          const { x, y, radius } = poseAt(time) ?? { x: 0.5, y: 0.5, radius: 0 };
          expect(Math.min(x, y, 1 - x, 1 - y) - radius).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  it('has noise of its own in each film and picture, so that noise does not tell the order of pictures', () => {
    const film = {
      kind: 'motion',
      thing: { shape: 'disc', colour: 'red' },
      count: 1,
      size: 'small',
      motion: 'still',
    } as const;
    const noises = ['a', 'b'].flatMap((name) => {
      const scene = { ...sceneOf(film, name), noise: 10 };
      return [0, 1].map((frame) => {
        const { data } = drawScene(scene, 0.5, SIDE, frame);
        const { data: plain } = drawScene({ ...scene, noise: 0 }, 0.5, SIDE, frame);
        return Array.from(data, (value, at) => value - plain[at]!);
      });
    });
    const product = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, at) => sum + value * b[at]!, 0);
    for (const [row, one] of noises.entries()) {
      for (const other of noises.slice(row + 1)) {
        const correlation =
          product(one, other) / Math.sqrt(product(one, one) * product(other, other));
        expect(Math.abs(correlation)).toBeLessThan(0.05);
      }
    }
  });

  it('is the same bytes for the same name and others for another', () => {
    const [film] = FILMS;
    const bytes = (name: string): string =>
      drawClip(film!, name, { frames: 2, side: 24 })
        .map(({ data }) => Buffer.from(data).toString('hex'))
        .join();
    expect(bytes('a')).toBe(bytes('a'));
    expect(bytes('a')).not.toBe(bytes('b'));
  });
});
