import { COLOURS, type Backdrop, type Colour, type Rgb } from './film-spec.js';
import { sampleTexture, texture } from './texture.js';

// Bound once: inside Jest, where most films are drawn, each look-up of a global costs a call.
const { max, min, round } = Math;

/** The colour of a point of the scene; coordinates in pixels of the picture at rest, of any size and sign. */
export type Paint = (x: number, y: number) => Rgb;

/** Makes the paint of a backdrop for pictures of a given height. */
export function paint(backdrop: Backdrop, height: number): Paint {
  if (backdrop.kind === 'plain') {
    const colour = COLOURS[backdrop.colour];
    return () => colour;
  }
  const ramp = rampBetween(backdrop.from, backdrop.to);
  if (backdrop.kind === 'gradient') return (_, y) => ramp(y / height);
  const clouds = texture();
  return (x, y) => ramp(sampleTexture(clouds, x, y));
}

function rampBetween(from: Colour, to: Colour): (share: number) => Rgb {
  const [first, second] = [COLOURS[from], COLOURS[to]];
  const steps = Array.from({ length: 256 }, (_, step): Rgb => {
    const at = (channel: 0 | 1 | 2): number =>
      first[channel] + ((second[channel] - first[channel]) * step) / 255;
    return [at(0), at(1), at(2)];
  });
  return (share) => steps[min(255, max(0, round(share * 255)))] ?? first;
}
