import { paint, plain, type Canvas, type Size } from './canvas.js';
import { randomFrom, type Random } from './random.js';
import type { Stretch } from './stretch.js';

const SIZE: Size = { width: 288, height: 162 };
const FRAMES = 240;
const CARTOONS = 8;

/** Something round or square that moves over the ground. */
type Figure = {
  readonly colour: readonly number[];
  readonly isRound: boolean;
  readonly wide: number;
  readonly high: number;
  readonly x: number;
  readonly y: number;
  /** Pixels a frame, and how it bounces. */
  readonly speed: number;
  readonly leap: number;
  readonly beat: number;
  /** Frames for which one drawing stands. */
  readonly holds: number;
};

/** Drawn scenes of flat colours before a ground that rolls by, each a family of its own. */
export function cartoons(): readonly Stretch[] {
  return Array.from({ length: CARTOONS }, (_, number) => {
    const random = randomFrom(900 + number);
    const sky = colour(random);
    const roll = random.pick([0, 0, 1.5, 4, 9]);
    const far = Array.from({ length: 9 }, () => figure(random, 0.5, roll * 0.5));
    const near = Array.from({ length: random.whole(1, 5) }, () => figure(random, 0.3, 0));
    return {
      family: `cartoon-${number}`,
      ...SIZE,
      frames: FRAMES,
      read(index) {
        const canvas = plain(SIZE, sky);
        for (const each of far) draw(canvas, { ...each, speed: each.speed - roll }, index);
        for (const each of near) draw(canvas, each, index);
        return canvas;
      },
    };
  });
}

function colour(random: Random): readonly number[] {
  return [random.whole(0, 255), random.whole(0, 255), random.whole(0, 255)];
}

function figure(random: Random, most: number, calm: number): Figure {
  return {
    colour: colour(random),
    isRound: random.chance(0.6),
    wide: random.between(0.05, most) * SIZE.width,
    high: random.between(0.1, most + 0.2) * SIZE.height,
    x: random.between(0, SIZE.width),
    y: random.between(0.2, 1) * SIZE.height,
    speed: calm > 0 ? 0 : random.between(-5, 5),
    leap: calm > 0 ? 0 : random.between(0, 25),
    beat: random.between(8, 40),
    holds: random.pick([1, 2, 2, 3]),
  };
}

function draw(canvas: Canvas, each: Figure, index: number): void {
  const time = Math.floor(index / each.holds) * each.holds;
  const room = SIZE.width + each.wide;
  const moved = each.x + each.speed * time;
  const left = (((moved % room) + room) % room) - each.wide;
  const middle = each.y - each.leap * Math.abs(Math.sin((time * Math.PI) / each.beat));
  const [top, bottom] = [middle - each.high / 2, middle + each.high / 2];
  if (!each.isRound) {
    paint(canvas, SIZE, { left, top, right: left + each.wide, bottom }, each.colour);
    return;
  }
  for (let y = Math.max(0, Math.round(top)); y < Math.min(SIZE.height, bottom); y++) {
    const half =
      (each.wide / 2) * Math.sqrt(Math.max(0, 1 - ((y - middle) / (each.high / 2)) ** 2));
    const centre = left + each.wide / 2;
    const box = { left: centre - half, right: centre + half, top: y, bottom: y + 1 };
    paint(canvas, SIZE, box, each.colour);
  }
}
