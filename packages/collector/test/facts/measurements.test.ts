import { describe, expect, it } from '@jest/globals';
import { measurements } from '../../src/facts/measurements.js';
import { drawPicture } from './drawn-picture.js';
import { watch, type Scene } from './drawn-scene.js';

describe('measurements over a span', () => {
  it('count only frames and pairs inside it', () => {
    const scene: Scene = (seconds) => ({ x: 0.3 * Math.max(0, seconds - 2), y: 0 });
    const measured = watch(scene, { seconds: 4, fps: 10 });
    expect(measured.over({ startMs: 0, endMs: 2000 })).toMatchObject({
      camera: 'static',
      freezeRatio: 1,
    });
    expect(measured.over({ startMs: 2000, endMs: 4000 })).toMatchObject({
      camera: 'pan-left',
      freezeRatio: 0,
    });
  });

  it('say for each fact why it is missing where there are no frames', () => {
    const { camera, missing, ...rest } = measurements().over({ startMs: 0, endMs: 1000 });
    expect(camera).toBe('unclear');
    expect(rest).toEqual({});
    expect(missing).toMatchObject({
      motionWidthsPerSecond: 'too-short',
      freezeRatio: 'no-frames',
      luminance: 'no-frames',
      borderRatio: 'no-picture',
      textAreaRatio: 'no-frames',
      slideshowLikelihood: 'too-short',
      screenRecordingLikelihood: 'too-short',
    });
  });

  it.each([
    [1, 1],
    [3, 2],
    [256, 1],
    [1, 256],
    [17, 33],
  ])('are numbers for pictures of %d x %d pixels', (width, height) => {
    const measured = measurements();
    for (let index = 0; index < 12; index++) {
      const picture = drawPicture(width, height, (x, y) => (37 * x + 11 * y + 29 * index) % 256);
      measured.push({ index, timeMs: index * 200, picture });
    }
    const numbers = Object.values(measured.over({ startMs: 0, endMs: 2400 })).filter(
      (fact) => typeof fact === 'number',
    );
    expect(numbers.length).toBeGreaterThan(8);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});
