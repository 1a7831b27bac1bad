import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import { matchMotion } from '../../src/shots/transition-shift.js';
import { fitPush } from '../../src/shots/transition-push.js';
import {
  FRAME_BYTES,
  measureSteps,
  reducerBytes,
  smallFrame,
  startReducer,
  type SmallFrame,
} from '../../src/shots/transition-small-frame.js';
import { startSums } from '../../src/shots/transition-sums.js';
import { fitWipe } from '../../src/shots/transition-wipe.js';

type Colour = (x: number, y: number) => readonly [number, number, number];

function pictureOf(width: number, height: number, colour: Colour): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++)
    data.set(colour(at % width, Math.floor(at / width)), at * 3);
  return { width, height, format: 'rgb24', data };
}

function framesOf(pictures: readonly Picture[]): readonly SmallFrame[] {
  const [first] = pictures;
  const sums = startSums(pictures.length * FRAME_BYTES + reducerBytes(first!));
  const reducer = startReducer(sums, first!);
  return pictures.map((picture) => {
    const frame = smallFrame(sums);
    reducer.reduce(picture, frame);
    return frame;
  });
}

/** Repeatable values that look like noise. */
const noise: Colour = (x, y) => [
  (x * 7919 + y * 104729) % 251,
  (x * 1299709 + y * 15485863) % 241,
  (x * 32452843 + y * 49979687) % 239,
];
const stripes: Colour = (x) => [(x * 37) % 256, (x * 11) % 256, 128];

function meanLuma({ width, height, data }: Picture, column: number, row: number): number {
  const [columns, rows] = height > width ? [40, 64] : [64, 40];
  const span = (cell: number, cells: number, pixels: number): readonly [number, number] => {
    const from = Math.floor((cell * pixels) / cells);
    return [from, Math.max(from + 1, Math.floor(((cell + 1) * pixels) / cells))];
  };
  const [left, right] = span(column, columns, width);
  const [top, bottom] = span(row, rows, height);
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * width + x) * 3;
      sum += 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
    }
  }
  return sum / ((bottom - top) * (right - left));
}

describe('the small frame of a picture', () => {
  it.each([
    [256, 144],
    [253, 107],
    [144, 256],
    [31, 17],
    [1, 1],
  ])('holds the mean luma of each cell of a picture of %d by %d pixels', (width, height) => {
    const picture = pictureOf(width, height, noise);
    const [frame] = framesOf([picture]);
    let [sum, squares, worst] = [0, 0, 0];
    for (const [cell, luma] of frame!.luma.entries()) {
      const expected = meanLuma(picture, cell % frame!.width, Math.floor(cell / frame!.width));
      worst = Math.max(worst, Math.abs(luma - expected));
      sum += expected;
      squares += expected ** 2;
    }
    expect(worst).toBeLessThan(0.001);
    const mean = sum / frame!.luma.length;
    expect(frame!.mean).toBeCloseTo(mean, 2);
    expect(frame!.deviation).toBeCloseTo(Math.sqrt(squares / frame!.luma.length - mean ** 2), 2);
    expect(frame!.lumaHistogram.reduce((all, part) => all + part, 0)).toBeCloseTo(1, 4);
  });

  it('says how far it is from the frame before', () => {
    const [before, after] = framesOf([
      pictureOf(128, 80, () => [100, 100, 100]),
      pictureOf(128, 80, () => [110, 110, 110]),
    ]);
    measureSteps(before!, after!);
    expect(after!.lumaStep).toBeCloseTo(10, 3);
    expect(after!.colourStep).toBeCloseTo(0, 3);
    expect(after!.step).toBeCloseTo(10, 3);
  });

  it('refuses a picture of another size than the first', () => {
    expect(() => framesOf([pictureOf(64, 40, noise), pictureOf(40, 64, noise)])).toThrow(TypeError);
  });

  it('refuses pictures whose rows would not add up in 16 bits', () => {
    const picture = { ...pictureOf(1, 1, noise), height: 10_241 };
    expect(() => startReducer(startSums(100_000), picture)).toThrow(RangeError);
  });
});

describe('how small frames are explained by others', () => {
  const blob = (x: number, y: number): Colour => {
    return (column, row) => {
      const level = 40 + 200 * Math.exp(-((column - x) ** 2 + (row - y) ** 2) / 300);
      return [level, level, level];
    };
  };

  it('finds the shift of a picture', () => {
    const [from, to] = framesOf([
      pictureOf(256, 160, blob(100, 80)),
      pictureOf(256, 160, blob(132, 72)),
    ]);
    const match = matchMotion(from!, to!);
    // Cells of half size are 8 pixels wide and high here, of 32 by 20.
    expect(match.distance).toBeCloseTo(Math.hypot(4 / 32, 1 / 20), 5);
    expect(match.shifted).toBeLessThan(0.1 * match.still);
    expect(match.lost).toBe(0);
  });

  it('explains a push by the old picture leaving as the new one comes in', () => {
    const middle: Colour = (x, y) => (x < 128 ? stripes(x + 128, y) : blob(60, 60)(x - 128, y));
    const frames = framesOf([
      pictureOf(256, 160, stripes),
      pictureOf(256, 160, middle),
      pictureOf(256, 160, blob(60, 60)),
    ]);
    const push = fitPush(frames[0]!, frames[2]!, [frames[1]!]);
    expect(push.residue).toBeLessThan(0.01);
    expect(push.progress).toEqual([0.5]);
  });

  it('explains a wipe by an edge that moves over the picture', () => {
    const wiped =
      (edge: number): Colour =>
      (x, y) =>
        x < edge ? blob(60, 60)(x, y) : stripes(x, y);
    const frames = framesOf([0, 64, 128, 192, 256].map((at) => pictureOf(256, 160, wiped(at))));
    const wipe = fitWipe(frames[0]!, frames[4]!, frames.slice(1, 4));
    expect(wipe.residue).toBeLessThan(0.001);
    expect(wipe.progress).toEqual([0.25, 0.5, 0.75]);
    expect(wipe.reverted).toBe(0);
  });
});
