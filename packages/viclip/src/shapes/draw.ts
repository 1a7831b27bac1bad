import type { Picture } from '@internvid/core/media';

import type { Shape } from './film.js';
import type { Figure, Pose, Scene } from './scene.js';

/**
 * Draws a square picture of a scene: `rgb24`.
 *
 * @param time from 0 to 1, the length of the film.
 * @param side in pixels.
 * @param frame number of the picture: those of one film differ in their noise.
 */
export function drawScene(scene: Scene, time: number, side: number, frame: number): Picture {
  const data = new Uint8Array(side * side * 3);
  const values = groundOf(scene, side);
  for (const figure of scene.figures) {
    const pose = figure.poseAt(time);
    if (pose !== undefined) drawFigure(values, side, { ...figure, pose, softness: scene.softness });
  }
  addNoise(values, scene.noise, scene.noiseSeed + Math.imul(frame, 0x85ebca6b), data);
  return { width: side, height: side, format: 'rgb24', data };
}

function groundOf({ ground: [from, to] }: Scene, side: number): Float32Array {
  const values = new Float32Array(side * side * 3);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 3) {
      const share = (x + y) / (2 * side);
      values[at] = from[0] + (to[0] - from[0]) * share;
      values[at + 1] = from[1] + (to[1] - from[1]) * share;
      values[at + 2] = from[2] + (to[2] - from[2]) * share;
    }
  }
  return values;
}

type PosedFigure = Pick<Figure, 'shape' | 'colour' | 'tilt'> & {
  readonly pose: Pose;
  readonly softness: number;
};

function drawFigure(values: Float32Array, side: number, figure: PosedFigure): void {
  const { shape, colour, tilt, pose, softness } = figure;
  const [x, y, radius] = [pose.x * side, pose.y * side, pose.radius * side];
  const reach = 1.35 * radius + softness * side + 1;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const edge = Math.max(1, softness * side);
  const distanceTo = DISTANCES[shape];
  for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(side, y + reach); row++) {
    for (
      let column = Math.max(0, Math.floor(x - reach));
      column < Math.min(side, x + reach);
      column++
    ) {
      const [across, down] = [(column + 0.5 - x) / radius, (row + 0.5 - y) / radius];
      const distance = distanceTo(across * cos + down * sin, down * cos - across * sin);
      const covered = Math.min(1, Math.max(0, 0.5 - (distance * radius) / edge));
      if (covered === 0) continue;
      const at = (row * side + column) * 3;
      for (const channel of [0, 1, 2] as const) {
        const before = values[at + channel] ?? 0;
        values[at + channel] = before + (colour[channel] - before) * covered;
      }
    }
  }
}

/** Distance of a point from the edge of a shape of radius one, negative inside; y goes down. Areas are alike but for the ring. */
const DISTANCES: Readonly<Record<Shape, (x: number, y: number) => number>> = {
  disc: (x, y) => Math.hypot(x, y) - 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.88,
  triangle: (x, y) => Math.max(y - 0.66, 0.866 * Math.abs(x) - 0.5 * y - 0.66),
  cross: (x, y) => {
    const [long, short] = [Math.max(Math.abs(x), Math.abs(y)), Math.min(Math.abs(x), Math.abs(y))];
    return Math.max(long - 1.12, short - 0.36);
  },
  ring: (x, y) => Math.abs(Math.hypot(x, y) - 0.78) - 0.27,
};

/** Even noise of xorshift32, which is quick. */
function addNoise(values: Float32Array, noise: number, seed: number, into: Uint8Array): void {
  let state = Math.imul(seed + 1, 0x9e3779b9) | 1;
  const scale = noise / 2 ** 31;
  for (let at = 0; at < values.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const value = (values[at] ?? 0) + state * scale + 0.5;
    into[at] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}
