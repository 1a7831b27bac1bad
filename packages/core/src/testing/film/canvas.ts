import type { Rgb } from './film-spec.js';

// Bound once: inside Jest, where most films are drawn, each look-up of a global costs a call.
const { round } = Math;

/** A picture to draw on: `width * height * 3` bytes, red, green, blue, row-major. */
export type Canvas = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
};

/** A black canvas. */
export function canvas(width: number, height: number): Canvas {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Lays `colour` over one pixel; `coverage` 0 to 1. */
export function blend(target: Canvas, pixel: number, colour: Rgb, coverage: number): void {
  const { data } = target;
  for (let channel = 0; channel < 3; channel++) {
    const below = data[pixel * 3 + channel] ?? 0;
    data[pixel * 3 + channel] = round(below + ((colour[channel] ?? 0) - below) * coverage);
  }
}

/** `first` turning into `second`: `share` 0 gives the first, 1 the second. Both of one size. */
export function mix(first: Canvas, second: Canvas, share: number): Canvas {
  const data = first.data.map((value, at) =>
    round(value + ((second.data[at] ?? 0) - value) * share),
  );
  return { ...first, data };
}
