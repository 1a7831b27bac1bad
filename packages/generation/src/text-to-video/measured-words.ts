import type { JsonObject } from '@internvid/core';

/** What is measured of a clip's movement, in words. */
export type MeasuredWords = { readonly camera?: string; readonly motion?: string };

const CAMERA: Readonly<Record<string, string>> = {
  static: 'The camera is still.',
  'pan-left': 'The camera pans to the left.',
  'pan-right': 'The camera pans to the right.',
  'tilt-up': 'The camera tilts up.',
  'tilt-down': 'The camera tilts down.',
  'zoom-in': 'The camera moves or zooms in.',
  'zoom-out': 'The camera moves or zooms out.',
  roll: 'The camera rolls.',
  shake: 'The camera shakes.',
  moving: 'The camera moves.',
};

/** Upper ends, in picture widths per second; set so that a person walking at a distance is slow and a passing car is fast. */
const SPEEDS = [
  { below: 0.06, words: 'The motion is slow.' },
  { below: 0.25, words: 'The motion is moderate.' },
  { below: Infinity, words: 'The motion is fast.' },
] as const;

/** The facts `camera` and `motionWidthsPerSecond` as sentences; nothing for what was not measured or is unclear. */
export function measuredWords({ camera, motionWidthsPerSecond }: JsonObject): MeasuredWords {
  const move = typeof camera === 'string' ? CAMERA[camera] : undefined;
  const speed =
    typeof motionWidthsPerSecond === 'number'
      ? SPEEDS.find(({ below }) => motionWidthsPerSecond < below)?.words
      : undefined;
  return {
    ...(move === undefined ? {} : { camera: move }),
    ...(speed === undefined ? {} : { motion: speed }),
  };
}
