import { describe, expect, it } from '@jest/globals';
import { renderFrames, type FilmSpec, type ShotSpec } from '@internvid/core/testing';
import type { JsonObject } from '@internvid/core';
import { measurements } from '../../src/facts/measurements.js';

/** A film of one shot at the size at which it is analysed. */
function factsOf(shot: Omit<ShotSpec, 'frames'>): JsonObject {
  const film: FilmSpec = {
    name: 'text',
    width: 256,
    height: 144,
    frameRate: { num: 5, den: 1 },
    shots: [{ frames: 10, ...shot }],
  };
  const measured = measurements();
  let index = 0;
  for (const { data } of renderFrames(film)) {
    const picture = { width: film.width, height: film.height, format: 'rgb24', data } as const;
    measured.push({ index, timeMs: index * 200, picture });
    index++;
  }
  return measured.over({ startMs: 0, endMs: 2000 });
}

const moving = {
  backdrop: { kind: 'texture', from: 'green', to: 'brown' },
  camera: { kind: 'pan', velocity: [40, 0] },
} as const;

describe('burned-in text', () => {
  it('is found over a moving picture, the more of it the more', () => {
    const line = factsOf({
      ...moving,
      text: { words: 'A LINE OF WORDS', at: 'bottom', size: 0.07 },
    });
    const page = factsOf({
      ...moving,
      text: {
        words: 'MANY LINES\nOF WORDS THAT\nFILL MOST OF\nTHE PICTURE',
        at: 'middle',
        size: 0.08,
      },
    });
    expect(line.textAreaRatio).toBeGreaterThan(0.01);
    expect(page.textAreaRatio).toBeGreaterThan(2 * Number(line.textAreaRatio));
  });

  it('is not found in texture, at rest or moving, nor in drawn shapes', () => {
    expect(factsOf(moving).textAreaRatio).toBe(0);
    expect(factsOf({ backdrop: moving.backdrop }).textAreaRatio).toBe(0);
    const shapes = factsOf({
      backdrop: { kind: 'plain', colour: 'grey' },
      actors: [
        {
          shape: 'star',
          colour: 'red',
          size: 0.4,
          places: [
            [0.3, 0.5],
            [0.7, 0.5],
          ],
        },
      ],
    });
    expect(shapes.textAreaRatio).toBe(0);
  });
});

describe('likelihoods', () => {
  it('call a drawn page a slide and a screen, a moving picture neither', () => {
    const page = factsOf({
      backdrop: { kind: 'plain', colour: 'white' },
      text: { words: 'A TITLE\nAND SOME WORDS', at: 'middle', size: 0.1 },
    });
    expect(page).toMatchObject({ slideshowLikelihood: 1, screenRecordingLikelihood: 1 });
    expect(factsOf(moving)).toMatchObject({
      slideshowLikelihood: 0,
      screenRecordingLikelihood: 0,
    });
  });
});
