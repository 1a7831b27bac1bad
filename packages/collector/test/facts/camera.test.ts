import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@internvid/core';
import { measurements } from '../../src/facts/measurements.js';

const WIDTH = 256;
const HEIGHT = 144;
const FRAMES_PER_SECOND = 10;

type View = { readonly x: number; readonly y: number; readonly size: number };
type Scene = (seconds: number) => View;

/** Smooth noise of two octaves, 0 to 255, always the same; one octave alone repeats too evenly to be a picture. */
const noise = ((): ((x: number, y: number) => number) => {
  const { floor, imul } = Math;
  const value = (x: number, y: number): number =>
    (imul(imul(x, 374761393) ^ imul(y, 668265263), 1274126177) >>> 13) & 0xff;
  const octave = (x: number, y: number): number => {
    const [left, top] = [floor(x), floor(y)];
    const [u, v] = [x - left, y - top];
    const upper = value(left, top) * (1 - u) + value(left + 1, top) * u;
    const lower = value(left, top + 1) * (1 - u) + value(left + 1, top + 1) * u;
    return upper * (1 - v) + lower * v;
  };
  return (x, y) => 0.6 * octave(x / 23, y / 23) + 0.4 * octave(x / 7, y / 7);
})();

/** Measures a drawn film: `scene` says where its content is (in widths) and how large. */
function measure(seconds: number, scene: Scene, object?: Scene): JsonObject {
  const measured = measurements();
  for (let index = 0; index < seconds * FRAMES_PER_SECOND; index++) {
    const time = index / FRAMES_PER_SECOND;
    const data = draw(scene(time), object?.(time));
    measured.push({
      index,
      timeMs: index * 100,
      picture: { width: WIDTH, height: HEIGHT, format: 'rgb24', data },
    });
  }
  return measured.over({ startMs: 0, endMs: seconds * 1000 });
}

function draw(view: View, object: View | undefined): Uint8Array {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  const [middleX, middleY] = [WIDTH / 2, HEIGHT / 2];
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, at += 3) {
      const behind = noise(
        (x - middleX) / view.size + middleX - view.x * WIDTH,
        (y - middleY) / view.size + middleY - view.y * WIDTH,
      );
      const isObject = object !== undefined && inside(x - object.x * WIDTH, y - object.y * WIDTH);
      const grey = isObject
        ? noise(x - object.x * WIDTH + 900, y - object.y * WIDTH + 900)
        : behind;
      data.fill(grey, at, at + 3);
    }
  }
  return data;
}

/** A square of 48 pixels. */
function inside(x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x < 48 && y < 48;
}

function moving(right: number, down: number): Scene {
  return (seconds) => ({ x: right * seconds, y: down * seconds, size: 1 });
}

function number(facts: JsonObject, name: string): number {
  const value = facts[name];
  if (typeof value !== 'number') throw new Error(`no ${name}`);
  return value;
}

describe('the camera', () => {
  it.each([
    ['pan-left', 0.1, 0],
    ['pan-right', -0.1, 0],
    ['pan-right', -0.7, 0],
    ['tilt-up', 0, 0.08],
    ['tilt-down', 0, -0.05],
  ])(
    '%s is named, its speed right within a tenth, at %d right and %d down',
    (name, right, down) => {
      const facts = measure(2, moving(right, down));
      expect(facts.camera).toBe(name);
      const speed = Math.hypot(right, down);
      expect(Math.abs(number(facts, 'motionRightWidthsPerSecond') - right)).toBeLessThan(
        0.1 * speed,
      );
      expect(Math.abs(number(facts, 'motionDownWidthsPerSecond') - down)).toBeLessThan(0.1 * speed);
    },
  );

  it.each([
    ['zoom-in', 0.1],
    ['zoom-out', -0.2],
    ['zoom-in', 0.03],
  ])('%s is named, its growth right within a tenth, at %d a second', (name, growth) => {
    const facts = measure(3, (seconds) => ({ x: 0, y: 0, size: Math.exp(growth * seconds) }));
    expect(facts.camera).toBe(name);
    expect(Math.abs(number(facts, 'growthPerSecond') - growth)).toBeLessThan(
      0.1 * Math.abs(growth),
    );
  });

  it('is static while an object crosses, whose motion is local', () => {
    const facts = measure(2, moving(0, 0), (seconds) => ({
      x: 0.1 + 0.25 * seconds,
      y: 0.2,
      size: 1,
    }));
    expect(facts.camera).toBe('static');
    expect(number(facts, 'localMotionRatio')).toBeGreaterThan(0.05);
    expect(number(facts, 'motionWidthsPerSecond')).toBeLessThan(0.002);
  });

  it('shakes when it goes to and fro', () => {
    const facts = measure(3, (seconds) => ({
      x: 0.02 * Math.sin(seconds * 7),
      y: 0.02 * Math.cos(seconds * 9),
      size: 1,
    }));
    expect(facts.camera).toBe('shake');
  });

  it('is unclear over a picture without texture, and motion is left out', () => {
    const facts = measurements();
    const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(90);
    for (let index = 0; index < 20; index++) {
      facts.push({
        index,
        timeMs: index * 100,
        picture: { width: WIDTH, height: HEIGHT, format: 'rgb24', data },
      });
    }
    const over = facts.over({ startMs: 0, endMs: 2000 });
    expect(over).toMatchObject({
      camera: 'unclear',
      freezeRatio: 1,
      luminance: 90,
      contrast: 0,
      sharpness: 0,
    });
    expect(over).not.toHaveProperty('motionWidthsPerSecond');
  });
});

describe('measurements over a span', () => {
  it('count only frames and pairs inside it', () => {
    const still: Scene = () => ({ x: 0, y: 0, size: 1 });
    const measured = measurements();
    for (let index = 0; index < 40; index++) {
      const view = index < 20 ? still(0) : moving(0.3, 0)((index - 20) / FRAMES_PER_SECOND);
      const picture = {
        width: WIDTH,
        height: HEIGHT,
        format: 'rgb24',
        data: draw(view, undefined),
      } as const;
      measured.push({ index, timeMs: index * 100, picture });
    }
    expect(measured.over({ startMs: 0, endMs: 2000 })).toMatchObject({
      camera: 'static',
      freezeRatio: 1,
    });
    expect(measured.over({ startMs: 2000, endMs: 4000 })).toMatchObject({
      camera: 'pan-left',
      freezeRatio: 0,
    });
  });
});
