import { describe, expect, it } from '@jest/globals';
import { filmSet } from '../../../src/testing/film/film-set.js';
import { filmTruth } from '../../../src/testing/film/film-truth.js';
import { renderFrames } from '../../../src/testing/film/render.js';

describe('filmSet', () => {
  const truths = filmSet().map(filmTruth);
  const shots = truths.flatMap((truth) => truth.shots);

  it('has short films under different names', () => {
    expect(new Set(filmSet().map(({ name }) => name)).size).toBe(filmSet().length);
    for (const { durationMs } of truths) {
      expect(durationMs).toBeGreaterThanOrEqual(6_000);
      expect(durationMs).toBeLessThanOrEqual(12_000);
    }
  });

  it('shows every kind of boundary that can be drawn', () => {
    const kinds = new Set(shots.map(({ boundary }) => boundary.kind));
    expect([...kinds].sort()).toEqual(['cut', 'dissolve', 'fade', 'start']);
  });

  it('has a short shot, still and moving ones, both camera moves, words, sound and silence', () => {
    expect(shots.some(({ startMs, endMs }) => endMs - startMs < 1000)).toBe(true);
    expect(new Set(shots.map(({ isStill }) => isStill)).size).toBe(2);
    expect(new Set(shots.map(({ camera }) => camera.kind)).size).toBe(3);
    expect(shots.filter(({ text }) => text !== undefined)).toHaveLength(3);
    expect(new Set(truths.map(({ hasSound }) => hasSound)).size).toBe(2);
    expect(truths.some(({ width, height }) => height > width)).toBe(true);
  });

  it('repeats the first picture through a still shot and through no other', () => {
    for (const film of filmSet()) {
      const frames = [...renderFrames(film)];
      for (const { startFrame, endFrame, isStill } of filmTruth(film).shots) {
        const same = Buffer.from(frames[startFrame]!.data).equals(frames[endFrame - 1]!.data);
        expect(same).toBe(isStill);
      }
    }
  });

  it('keeps every moving object inside the picture', () => {
    for (const { width, height, frameRate, shots: drawn } of filmSet()) {
      for (const { frames, actors = [] } of drawn) {
        const seconds = (frames * frameRate.den) / frameRate.num;
        for (const { places, velocity = [0, 0] } of actors) {
          const ends = places.map(([x, y]) => [
            x + (velocity[0] * seconds) / width,
            y + (velocity[1] * seconds) / height,
          ]);
          expect(ends.flat().every((share) => share > 0 && share < 1)).toBe(true);
        }
      }
    }
  });

  it('says of a film at 30000/1001 what players show: whole milliseconds rounded down', () => {
    const camera = filmTruth(filmSet().find(({ name }) => name === 'camera')!);
    expect(camera.shots.map(({ startMs }) => startMs)).toEqual([0, 2502, 5005]);
  });

  it('counts and names the drawn objects', () => {
    expect(filmTruth(filmSet()[0]!).shots[0]!.objects).toEqual([
      { shape: 'circle', colour: 'red', count: 3, speed: 90, direction: 'right' },
    ]);
  });
});
