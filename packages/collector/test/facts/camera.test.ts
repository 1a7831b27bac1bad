import { describe, expect, it } from '@jest/globals';
import { measurements } from '../../src/facts/measurements.js';
import { measure, moving, number, type Scene } from './drawn-scene.js';

const SIZES = [
  [256, 144],
  [144, 256],
  [256, 192],
  [160, 120],
] as const;

function expectWithinTenth(value: number, truth: number): void {
  expect(Math.abs(value - truth)).toBeLessThanOrEqual(0.1 * Math.abs(truth));
}

describe('the camera', () => {
  const pans = [
    ['pan-left', 0.04, 0],
    ['pan-right', -0.1, 0],
    ['pan-left', 0.5, 0],
    ['pan-right', -0.9, 0],
    ['pan-left', 2, 0],
    ['tilt-up', 0, 0.08],
    ['tilt-down', 0, -0.05],
    ['tilt-up', 0, 0.6],
  ] as const;
  // Each move at the usual size and at one of the others.
  const cases = pans.flatMap(([name, right, down], index) =>
    [SIZES[0], SIZES[1 + (index % 3)] ?? SIZES[0]].map(
      ([width, height]) => [name, right, down, width, height] as const,
    ),
  );

  it.each(cases)(
    '%s is named, its speed right within a tenth, at %d right and %d down a second, %d x %d',
    (name, right, down, width, height) => {
      const facts = measure(moving(right, down), { seconds: 2.4, width, height });
      expect(facts.camera).toBe(name);
      expectWithinTenth(number(facts, 'motionWidthsPerSecond'), Math.hypot(right, down));
      const along = right === 0 ? 'motionDownWidthsPerSecond' : 'motionRightWidthsPerSecond';
      expectWithinTenth(number(facts, along), right + down);
    },
  );

  it.each([
    ['zoom-in', 0.1],
    ['zoom-out', -0.2],
    ['zoom-in', 0.03],
    ['zoom-in', 0.5],
  ])('%s is named, its growth right within a tenth, at %d a second', (name, growth) => {
    const scene: Scene = (seconds) => ({ x: 0, y: 0, size: Math.exp(growth * seconds) });
    const facts = measure(scene, { seconds: 3 });
    expect(facts.camera).toBe(name);
    expectWithinTenth(number(facts, 'growthPerSecond'), growth);
  });

  it.each([[0.08], [-0.3], [1.2]])(
    'a roll is named, its turn right within a tenth, at %d radians a second',
    (turn) => {
      const scene: Scene = (seconds) => ({ x: 0, y: 0, turn: turn * seconds });
      const facts = measure(scene, { seconds: 2 });
      expect(facts.camera).toBe('roll');
      expectWithinTenth(number(facts, 'turnDegreesPerSecond'), (turn * 180) / Math.PI);
    },
  );

  it('is static while an object crosses, whose motion is local', () => {
    const object: Scene = (seconds) => ({ x: 0.1 + 0.25 * seconds, y: 0.2 });
    const facts = measure(moving(0, 0), { seconds: 2, object });
    expect(facts.camera).toBe('static');
    expect(number(facts, 'localMotionRatio')).toBeGreaterThan(0.05);
    expect(number(facts, 'localMotionRatio')).toBeLessThan(0.4);
    expect(number(facts, 'motionWidthsPerSecond')).toBeLessThan(0.002);
  });

  it.each([
    [0.02, 7, 9],
    [0.01, 11, 13],
  ])('shakes when it goes %d widths to and fro', (size, across, down) => {
    const scene: Scene = (seconds) => ({
      x: size * Math.sin(seconds * across),
      y: size * Math.cos(seconds * down),
    });
    expect(measure(scene, { seconds: 3 }).camera).toBe('shake');
  });

  it('moves alike whether all frames come or every third, or some in bursts', () => {
    const scene = moving(0.2, 0);
    const all = measure(scene, { seconds: 3 });
    const third = measure(scene, { seconds: 3, keeps: (index) => index % 3 === 0 });
    const bursts = measure(scene, { seconds: 3, keeps: (index) => index % 7 < 3 });
    for (const facts of [all, third, bursts]) {
      expect(facts).toMatchObject({ camera: 'pan-left', freezeRatio: 0 });
      expectWithinTenth(number(facts, 'motionRightWidthsPerSecond'), 0.2);
    }
  });

  it('is unclear over a picture without texture, and motion is missing', () => {
    const facts = measurements();
    const data = new Uint8Array(256 * 144 * 3).fill(90);
    for (let index = 0; index < 20; index++) {
      const picture = { width: 256, height: 144, format: 'rgb24', data } as const;
      facts.push({ index, timeMs: index * 100, picture });
    }
    const over = facts.over({ startMs: 0, endMs: 2000 });
    expect(over).toMatchObject({ camera: 'unclear', luminance: 90, contrast: 0, sharpness: 0 });
    expect(over).not.toHaveProperty('motionWidthsPerSecond');
    expect(over.missing).toMatchObject({
      motionWidthsPerSecond: 'no-texture',
      growthPerSecond: 'no-texture',
    });
  });
});
