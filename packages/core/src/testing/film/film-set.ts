import type { FilmSpec } from './film-spec.js';

const PAL = { num: 25, den: 1 };
const NTSC = { num: 30_000, den: 1001 };

/** Hard cuts, counted shapes, one shot shorter than a second, one still shot, a tone for each. */
const shapes: FilmSpec = {
  name: 'shapes',
  width: 640,
  height: 360,
  frameRate: PAL,
  shots: [
    {
      frames: 60,
      backdrop: { kind: 'texture', from: 'cyan', to: 'blue' },
      actors: [
        {
          shape: 'circle',
          colour: 'red',
          size: 0.28,
          places: [
            [0.12, 0.3],
            [0.32, 0.68],
            [0.52, 0.3],
          ],
          velocity: [90, 0],
        },
      ],
      toneHz: 220,
    },
    {
      frames: 60,
      backdrop: { kind: 'texture', from: 'green', to: 'black' },
      actors: [
        {
          shape: 'star',
          colour: 'yellow',
          size: 0.34,
          places: [
            [0.3, 0.75],
            [0.7, 0.75],
          ],
          velocity: [0, -70],
        },
      ],
      toneHz: 330,
    },
    {
      frames: 20,
      backdrop: { kind: 'plain', colour: 'purple' },
      actors: [{ shape: 'triangle', colour: 'white', size: 0.5, places: [[0.5, 0.55]] }],
      toneHz: 660,
    },
    {
      frames: 75,
      backdrop: { kind: 'gradient', from: 'white', to: 'grey' },
      actors: [
        {
          shape: 'square',
          colour: 'orange',
          size: 0.2,
          places: [
            [0.2, 0.3],
            [0.5, 0.3],
            [0.8, 0.3],
            [0.35, 0.7],
            [0.65, 0.7],
          ],
        },
      ],
      toneHz: 440,
    },
  ],
};

/** A dissolve, a fade through black and a fade-out, without sound. */
const gradual: FilmSpec = {
  name: 'gradual',
  width: 320,
  height: 180,
  frameRate: PAL,
  shots: [
    {
      frames: 60,
      backdrop: { kind: 'texture', from: 'blue', to: 'white' },
      actors: [
        { shape: 'circle', colour: 'yellow', size: 0.4, places: [[0.25, 0.4]], velocity: [40, 15] },
      ],
    },
    {
      frames: 55,
      begins: { kind: 'dissolve', frames: 20 },
      backdrop: { kind: 'texture', from: 'brown', to: 'orange' },
      actors: [
        { shape: 'star', colour: 'cyan', size: 0.45, places: [[0.7, 0.5]], velocity: [-45, 0] },
      ],
    },
    {
      frames: 60,
      begins: { kind: 'fade', outFrames: 12, blackFrames: 6, inFrames: 12 },
      backdrop: { kind: 'gradient', from: 'pink', to: 'purple' },
      actors: [
        {
          shape: 'triangle',
          colour: 'green',
          size: 0.4,
          places: [
            [0.3, 0.4],
            [0.7, 0.4],
          ],
          velocity: [0, 20],
        },
      ],
    },
  ],
  fadeOutFrames: 15,
};

/** Burned-in words in three places, one shot without any, a tone for each. */
const titles: FilmSpec = {
  name: 'titles',
  width: 640,
  height: 360,
  frameRate: PAL,
  shots: [
    {
      frames: 60,
      backdrop: { kind: 'texture', from: 'black', to: 'blue' },
      actors: [
        { shape: 'circle', colour: 'red', size: 0.4, places: [[0.2, 0.25]], velocity: [70, 0] },
      ],
      text: { words: 'THE RED PLANET', at: 'middle', size: 0.11 },
      toneHz: 262,
    },
    {
      frames: 60,
      backdrop: { kind: 'texture', from: 'orange', to: 'red' },
      actors: [
        { shape: 'circle', colour: 'brown', size: 0.5, places: [[0.3, 0.4]], velocity: [80, 0] },
      ],
      toneHz: 294,
    },
    {
      frames: 70,
      backdrop: { kind: 'gradient', from: 'cyan', to: 'purple' },
      actors: [
        { shape: 'star', colour: 'pink', size: 0.3, places: [[0.8, 0.3]], velocity: [-90, 0] },
      ],
      text: { words: "WHERE DO WE GO?\nLET'S FIND OUT!", at: 'bottom', size: 0.1 },
      toneHz: 330,
    },
    {
      frames: 50,
      backdrop: { kind: 'plain', colour: 'green' },
      text: { words: 'LESSON 4: 17 X 25', at: 'top', size: 0.09 },
      toneHz: 349,
    },
  ],
};

/** Camera moves at the NTSC rate, so that no frame but the first starts on a round millisecond for long. */
const camera: FilmSpec = {
  name: 'camera',
  width: 320,
  height: 180,
  frameRate: NTSC,
  shots: [
    {
      frames: 75,
      backdrop: { kind: 'texture', from: 'green', to: 'white' },
      camera: { kind: 'pan', velocity: [60, 0] },
    },
    {
      frames: 75,
      backdrop: { kind: 'texture', from: 'black', to: 'pink' },
      actors: [{ shape: 'square', colour: 'yellow', size: 0.25, places: [[0.5, 0.5]] }],
      camera: { kind: 'zoom', factor: 1.2 },
    },
    {
      frames: 75,
      backdrop: { kind: 'texture', from: 'brown', to: 'yellow' },
      actors: [
        { shape: 'circle', colour: 'blue', size: 0.35, places: [[0.5, 0.2]], velocity: [0, 40] },
      ],
    },
  ],
};

/** An upright picture with a tilt, a dissolve and sound in the first shot alone. */
const portrait: FilmSpec = {
  name: 'portrait',
  width: 180,
  height: 320,
  frameRate: PAL,
  shots: [
    {
      frames: 70,
      backdrop: { kind: 'texture', from: 'cyan', to: 'black' },
      camera: { kind: 'pan', velocity: [0, -50] },
      toneHz: 523,
    },
    {
      frames: 65,
      begins: { kind: 'dissolve', frames: 15 },
      backdrop: { kind: 'gradient', from: 'yellow', to: 'red' },
      actors: [
        {
          shape: 'triangle',
          colour: 'blue',
          size: 0.3,
          places: [
            [0.5, 0.2],
            [0.25, 0.4],
            [0.75, 0.4],
            [0.5, 0.6],
          ],
          velocity: [0, 40],
        },
      ],
    },
  ],
};

/**
 * Short films that together show cuts, a dissolve, fades, burned-in words, sound and silence, a still shot, a shot of less
 * than a second, camera moves, counted shapes, an upright picture and two frame rates.
 */
export function filmSet(): readonly FilmSpec[] {
  return [shapes, gradual, titles, camera, portrait];
}
