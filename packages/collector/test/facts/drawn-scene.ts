import type { JsonObject } from '@internvid/core';
import { measurements, type Measurements } from '../../src/facts/measurements.js';

/** Where the content of a scene is: shift in picture widths, size 1, turn in radians clockwise. */
export type View = {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly turn?: number;
};
export type Scene = (seconds: number) => View;

/** How a scene is filmed. */
export type Film = {
  readonly seconds: number;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** A textured square of a fifth of the width that goes its own way. */
  readonly object?: Scene;
  /** Leaves frames out. */
  readonly keeps?: (index: number) => boolean;
};

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

/** Measures a drawn film. */
export function measure(scene: Scene, film: Film): JsonObject {
  const { seconds } = film;
  return watch(scene, film).over({ startMs: 0, endMs: seconds * 1000 });
}

/** The measurements of a drawn film, to be asked about any span of it. */
export function watch(scene: Scene, film: Film): Measurements {
  const { seconds, width = 256, height = 144, fps = 25, object, keeps = () => true } = film;
  const measured = measurements();
  for (let index = 0; index < seconds * fps; index++) {
    if (!keeps(index)) continue;
    const time = index / fps;
    const data = draw(width, height, scene(time), object?.(time));
    const picture = { width, height, format: 'rgb24', data } as const;
    measured.push({ index, timeMs: Math.floor(time * 1000), picture });
  }
  return measured;
}

function draw(width: number, height: number, view: View, object: View | undefined): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  const { size = 1, turn = 0 } = view;
  const [cos, sin] = [Math.cos(turn) / size, Math.sin(turn) / size];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const [fromX, fromY] = [x - width / 2, y - height / 2];
      const grey =
        objectAt(width, x, y, object) ??
        noise(
          cos * fromX + sin * fromY + width / 2 - view.x * width,
          cos * fromY - sin * fromX + height / 2 - view.y * width,
        );
      data.fill(grey, at, at + 3);
    }
  }
  return data;
}

function objectAt(
  width: number,
  x: number,
  y: number,
  object: View | undefined,
): number | undefined {
  if (object === undefined) return undefined;
  const [right, down] = [x - object.x * width, y - object.y * width];
  const isInside = right >= 0 && down >= 0 && right < width / 5 && down < width / 5;
  return isInside ? noise(right + 900, down + 900) : undefined;
}

/** A steady shift in widths per second. */
export function moving(right: number, down: number): Scene {
  return (seconds) => ({ x: right * seconds, y: down * seconds });
}

/** A fact that must be a number. */
export function number(facts: JsonObject, name: string): number {
  const value = facts[name];
  if (typeof value !== 'number') throw new Error(`no ${name} in ${JSON.stringify(facts)}`);
  return value;
}
