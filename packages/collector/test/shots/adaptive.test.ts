import { describe, expect, it } from '@jest/globals';
import { adaptiveDetector, adaptiveRatio } from '../../src/shots/adaptive.js';
import { CONTENT_WEIGHTS, contentChange } from '../../src/shots/content.js';
import { describeWithShared } from '../shared.js';
import { boundariesInLevels } from './level-pictures.js';
import {
  casesOf,
  SEQUENCES,
  sequenceCuts,
  sequenceFrames,
  sequenceGolden,
} from './pyscenedetect.js';

type Case = {
  readonly adaptive_threshold: number;
  readonly window_width: number;
  readonly min_content_val: number;
  readonly min_scene_len: number;
};

describeWithShared.each(SEQUENCES)(
  'the adaptive detector against PySceneDetect 0.7.2 on %s',
  (name) => {
    it.each([2, 3])('computes the same ratios with %d neighbours on each side', (window) => {
      const measure = contentChange(CONTENT_WEIGHTS);
      const values = sequenceFrames(name).map(
        ({ picture: { data, width, height } }) => measure(data, width, height).value,
      );
      const expected = sequenceGolden(name).per_frame[`adaptive_ratio_w${window}`]!;
      expect(expected.filter((ratio) => ratio !== null)).toHaveLength(values.length - 2 * window);
      for (const [index, ratio] of expected.entries()) {
        if (ratio === null) continue;
        const own = adaptiveRatio(values.slice(index - window, index + window + 1), 15);
        // The rounding of the golden's seven digits, and the order of four additions.
        expect(Math.abs(own - ratio)).toBeLessThanOrEqual(1e-6 * ratio);
      }
    });

    it('finds the same cuts for every threshold, window and shortest shot', async () => {
      const cases = casesOf<Case>(name, 'adaptive');
      expect(cases).toHaveLength(4);
      for (const each of cases) {
        const detector = adaptiveDetector({
          threshold: each.adaptive_threshold,
          windowFrames: each.window_width,
          minContentValue: each.min_content_val,
          minShotFrames: each.min_scene_len,
        });
        const found = await sequenceCuts(name, detector);
        expect([detector.producer.config, found]).toEqual([detector.producer.config, each.cuts]);
      }
    });
  },
);

describe('the adaptive detector', () => {
  it('does not take a steady change for cuts, but a leap among small steps', async () => {
    const ramp = Array.from({ length: 5 }, (_, index) => index * 50);
    const detector = adaptiveDetector({ minShotFrames: 0, minContentValue: 1 });
    expect(await boundariesInLevels(detector, ramp)).toEqual([]);
    const [cut] = await boundariesInLevels(detector, [10, 20, 30, 220, 230, 240, 250]);
    expect(cut).toMatchObject({ kind: 'cut', startFrame: 3, endFrame: 3, startMs: 120 });
    expect(cut!.confidence).toBeCloseTo(19 / 22, 10);
  });

  it('looks at a change among unchanged frames by its own size', () => {
    expect(adaptiveRatio([0, 0, 20, 0, 0], 15)).toBe(255);
    expect(adaptiveRatio([0, 0, 14, 0, 0], 15)).toBe(0);
  });

  it('refuses a window of nothing', () => {
    expect(() => adaptiveDetector({ windowFrames: 0 })).toThrow('options.windowFrames');
    expect(() => adaptiveDetector({ threshold: Number.NaN })).toThrow('options.threshold');
    expect(() => adaptiveDetector({ minShotFrames: 1.5 })).toThrow('options.minShotFrames');
  });
});
