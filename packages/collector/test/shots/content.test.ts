import { describe, expect, it } from '@jest/globals';
import { contentChange, contentDetector, type ContentWeights } from '../../src/shots/content.js';
import { describeWithShared } from '../shared.js';
import {
  casesOf,
  SEQUENCES,
  sequenceCuts,
  sequenceFrames,
  sequenceGolden,
} from './pyscenedetect.js';

type Case = {
  readonly threshold: number;
  readonly min_scene_len: number;
  readonly filter_mode: 'merge' | 'suppress';
  readonly weights: readonly [hue: number, saturation: number, luminance: number, edges: number];
};

function weightsOf([hue, saturation, luminance, edges]: Case['weights']): ContentWeights {
  return { hue, saturation, luminance, edges };
}

describeWithShared.each(SEQUENCES)(
  'the content detector against PySceneDetect 0.7.2 on %s',
  (name) => {
    it('measures the same hue, saturation, luminance and edge changes', () => {
      const measure = contentChange({ hue: 1, saturation: 1, luminance: 1, edges: 1 });
      const measured = sequenceFrames(name).map(({ picture: { data, width, height } }) => ({
        ...measure(data, width, height),
      }));
      const names = {
        hue: 'delta_hue',
        saturation: 'delta_sat',
        luminance: 'delta_lum',
        edges: 'delta_edges',
      } as const;
      for (const [own, theirs] of Object.entries(names) as [keyof typeof names, string][]) {
        for (const [index, expected] of sequenceGolden(name).per_frame[theirs]!.entries()) {
          if (expected === null) continue;
          // Integer sums over a division: only the rounding of the golden's seven digits is left.
          expect(Math.abs(measured[index]![own] - expected)).toBeLessThanOrEqual(
            1e-6 * Math.abs(expected),
          );
        }
      }
    });

    it('finds the same cuts for every threshold, filter and weighting', async () => {
      const cases = casesOf<Case>(name, 'content');
      expect(cases.length).toBeGreaterThan(10);
      for (const { threshold, min_scene_len, filter_mode, weights, cuts } of cases) {
        const detector = contentDetector({
          threshold,
          minShotFrames: min_scene_len,
          flashes: filter_mode,
          weights: weightsOf(weights),
        });
        const found = await sequenceCuts(name, detector);
        expect([detector.producer.config, found]).toEqual([detector.producer.config, cuts]);
      }
    });
  },
);

describe('the content detector', () => {
  it('gives a boundary at the threshold half confidence, and a stronger one more', async () => {
    const picture = (level: number) => ({
      width: 1,
      height: 1,
      format: 'rgb24' as const,
      data: Uint8Array.of(level, level, level),
    });
    const detection = contentDetector({ threshold: 10, minShotFrames: 0 }).start();
    for (const [index, level] of [0, 30, 255].entries())
      await detection.push({ index, timeMs: index * 40, picture: picture(level) });
    const [weak, strong] = await detection.finish();
    expect(weak!.confidence).toBeCloseTo(0.5, 10);
    expect(strong!.confidence).toBeCloseTo(75 / 85, 10);
  });

  it('refuses a threshold of zero and weights that add up to nothing', () => {
    expect(() => contentDetector({ threshold: 0 })).toThrow(RangeError);
    const weights = { hue: 0, saturation: 0, luminance: 0, edges: 0 };
    expect(() => contentDetector({ weights })).toThrow('options.weights');
  });
});
