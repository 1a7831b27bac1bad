import type { Picture } from '@internvid/core/media';
import { lumaPlane } from '../../src/facts/luma.js';
import type { Gauge, Look } from '../../src/facts/gauge.js';

/** A level of grey, or red, green and blue, for each pixel. */
export type Paint = (x: number, y: number) => number | readonly [number, number, number];

/** Draws a picture pixel by pixel. */
export function drawPicture(width: number, height: number, paint: Paint): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const colour = paint(x, y);
      data.set(typeof colour === 'number' ? [colour, colour, colour] : colour, at);
    }
  }
  return { width, height, format: 'rgb24', data };
}

/** The picture as a gauge looks at it. */
export function lookAt(picture: Picture, timeMs = 0): Look {
  return { timeMs, picture, luma: lumaPlane()(picture) };
}

/** Shows a gauge one picture after another, 200 ms apart, and asks it about them all. */
export function lookThrough(gauge: Gauge, pictures: readonly Picture[]): ReturnType<Gauge['over']> {
  pictures.forEach((picture, index) => gauge.look(lookAt(picture, index * 200)));
  return gauge.over({ startMs: 0, endMs: pictures.length * 200 });
}

/** Random numbers of a normal distribution, always the same ones. */
export function normalNumbers(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
