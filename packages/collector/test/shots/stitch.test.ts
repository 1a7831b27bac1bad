import { describe, expect, it } from '@jest/globals';
import type { Shot } from '@internvid/core';
import { stitchShots, type ShotEmbeddings } from '../../src/shots/stitch.js';

const by = { name: 'drawn', version: '1', config: {} };

function shotsOf(edgesMs: readonly number[]): readonly Shot[] {
  return edgesMs.slice(1).map((endMs, index) => {
    const startMs = edgesMs[index]!;
    const [startFrame, endFrame] = [startMs / 40, endMs / 40];
    const kind = index === 0 ? 'start' : 'cut';
    const at = { startFrame, endFrame: startFrame, startMs, endMs: startMs };
    return {
      id: `film_shot${String(index).padStart(4, '0')}`,
      video: 'film',
      index,
      span: { startMs, endMs },
      startFrame,
      endFrame,
      boundary: { kind, ...at, confidence: 1, by },
    };
  });
}

/** A shot that turns from one angle to another, in degrees; the cosine of two angles is that of their difference. */
function turning(from: number, to: number): ShotEmbeddings {
  const at = (degrees: number): Float32Array =>
    Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));
  return { first: at(from), last: at(to) };
}

const spans = (shots: readonly Shot[]): number[][] =>
  shots.map(({ index, span, startFrame, endFrame }) => [
    index,
    span.startMs,
    span.endMs,
    startFrame,
    endFrame,
  ]);

describe('stitching shots', () => {
  const shots = shotsOf([0, 400, 1000, 2000, 3000]);

  it('joins neighbours that look the same where they meet, and numbers what is left', () => {
    const stitched = stitchShots(shots, [
      turning(0, 10),
      turning(40, 60),
      turning(110, 110),
      turning(90, 90),
    ]);
    expect(spans(stitched)).toEqual([
      [0, 0, 1000, 0, 25],
      [1, 1000, 3000, 25, 75],
    ]);
    expect(stitched.map(({ id, boundary }) => [id, boundary.startMs])).toEqual([
      ['film_shot0000', 0],
      ['film_shot0001', 1000],
    ]);
  });

  it('joins nothing to a transition, nor to a shot that could not be seen', () => {
    const still = turning(0, 0);
    expect(stitchShots(shots, [still, turning(0, 80), turning(80, 80), still])).toHaveLength(4);
    expect(stitchShots(shots, [still, undefined, still, still])).toHaveLength(3);
  });

  it('joins over several shots as long as each is like the one before', () => {
    const slow = [turning(0, 30), turning(30, 60), turning(60, 90), turning(90, 120)];
    expect(spans(stitchShots(shots, slow))).toEqual([[0, 0, 3000, 0, 75]]);
  });

  it('does not care how long the vectors are', () => {
    const [zero, one] = [Float32Array.of(0.001, 0), Float32Array.of(500, 0)];
    const pair = { first: zero, last: one };
    expect(stitchShots(shots, [pair, pair, pair, pair])).toHaveLength(1);
  });

  it('refuses vectors that say nothing, and a number of them that does not fit', () => {
    const none = { first: Float32Array.of(0, 0), last: Float32Array.of(0, 0) };
    expect(() => stitchShots(shots, [none, none, none, none])).toThrow('direction');
    expect(() => stitchShots(shots, [turning(0, 0)])).toThrow('4 shots');
    expect(() => stitchShots(shots, [], { minCosine: 1.2 })).toThrow('options.minCosine');
  });
});
