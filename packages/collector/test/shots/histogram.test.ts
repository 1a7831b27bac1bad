import { describe, expect, it } from '@jest/globals';
import { histogramCorrelation, histogramDetector } from '../../src/shots/histogram.js';
import { describeWithShared } from '../shared.js';
import { boundariesInLevels } from './level-pictures.js';
import {
  casesOf,
  SEQUENCES,
  sequenceCuts,
  sequenceFrames,
  sequenceGolden,
} from './pyscenedetect.js';

type Case = { readonly threshold: number; readonly bins: number; readonly min_scene_len: number };

describeWithShared.each(SEQUENCES)(
  'the histogram detector against PySceneDetect 0.7.2 on %s',
  (name) => {
    it.each([128, 256])('computes the same correlations of %d bins', (bins) => {
      const correlate = histogramCorrelation(bins);
      const own = sequenceFrames(name).map(({ picture }) => correlate(picture.data) ?? null);
      const expected = sequenceGolden(name).per_frame[`hist_correlation_bins${bins}`]!;
      // The reference keeps its histograms in float32: 2e-8 was measured.
      const far = own.filter((value, at) => Math.abs(value! - expected[at]!) > 1e-6);
      expect(far).toEqual([]);
      expect(own[0]).toBeNull();
    });

    it('finds the same cuts for every threshold, number of bins and shortest shot', async () => {
      const cases = casesOf<Case>(name, 'histogram');
      expect(cases).toHaveLength(4);
      for (const { threshold, bins, min_scene_len, cuts } of cases) {
        const detector = histogramDetector({ threshold, bins, minShotFrames: min_scene_len });
        const found = await sequenceCuts(name, detector);
        expect([detector.producer.config, found]).toEqual([detector.producer.config, cuts]);
      }
    });
  },
);

describe('the histogram detector', () => {
  it('sees a change of brightness, with its size as confidence', async () => {
    const detector = histogramDetector({ minShotFrames: 0, bins: 2 });
    const [cut, ...more] = await boundariesInLevels(detector, [0, 0, 255, 255]);
    expect(cut).toMatchObject({ kind: 'cut', startFrame: 2, startMs: 80 });
    expect(cut!.confidence).toBeCloseTo(2 / 2.2, 10);
    expect(more).toEqual([]);
  });

  it('takes pictures that fill all bins evenly for equal to any other', async () => {
    expect(
      await boundariesInLevels(histogramDetector({ bins: 1, minShotFrames: 0 }), [0, 255]),
    ).toEqual([]);
  });

  it('refuses more bins than there are levels', () => {
    expect(() => histogramDetector({ bins: 257 })).toThrow('options.bins');
    expect(() => histogramDetector({ threshold: 0 })).toThrow('options.threshold');
  });
});
