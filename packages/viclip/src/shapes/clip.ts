import type { Picture } from '@internvid/core/media';

import { drawScene } from './draw.js';
import type { ShapesFilm } from './film.js';
import { sceneOf } from './scene.js';

/** Sizes of a drawn clip. */
export type ClipSizes = {
  /** Pictures, from the middles of as many equal stretches of the film. */
  readonly frames: number;
  /** Of a picture, in pixels. */
  readonly side: number;
};

/**
 * Draws a film.
 *
 * @param name settles what its caption does not say: places, speeds, tones, ground, noise. The same name gives the same pictures.
 * @returns the pictures in order of time, `rgb24`.
 */
export function drawClip(
  film: ShapesFilm,
  name: string,
  { frames, side }: ClipSizes,
): readonly Picture[] {
  const scene = sceneOf(film, name);
  return Array.from({ length: frames }, (_, frame) =>
    drawScene(scene, (frame + 0.5) / frames, side, frame),
  );
}
