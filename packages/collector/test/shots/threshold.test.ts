import { describe, expect, it } from '@jest/globals';
import { fadeCut, fadeScan, meanLevel, thresholdDetector } from '../../src/shots/threshold.js';
import type { DetectorFrame } from '../../src/shots/detector.js';
import { describeWithShared } from '../shared.js';
import { boundariesInLevels } from './level-pictures.js';
import { casesOf, SEQUENCES, sequenceFrames, sequenceGolden } from './pyscenedetect.js';

type Case = {
  readonly threshold: number;
  readonly min_scene_len: number;
  readonly fade_bias: number;
  readonly min_out_length: number;
  readonly add_final_scene: boolean;
};

/** The reference cuts in the middle of the black that a video begins with, so the scan is compared and not the boundaries. */
function referenceCuts(frames: readonly DetectorFrame[], settings: Case): readonly number[] {
  const scan = fadeScan({
    threshold: settings.threshold,
    faded: 'below',
    minShotFrames: settings.min_scene_len,
    minFadedFrames: settings.min_out_length,
    atEnd: settings.add_final_scene,
  });
  const fades = frames.map((frame) => scan.push(meanLevel(frame.picture.data), frame));
  return [...fades, scan.finish()]
    .filter((fade) => fade !== undefined)
    .map(({ from, to }) =>
      fadeCut({ startFrame: from.index, endFrame: to.index }, settings.fade_bias),
    );
}

describeWithShared.each(SEQUENCES)(
  'the threshold detector against PySceneDetect 0.7.2 on %s',
  (name) => {
    it('measures the same mean levels', () => {
      const expected = sequenceGolden(name).per_frame['average_rgb']!;
      for (const [index, { picture }] of sequenceFrames(name).entries()) {
        const difference = Math.abs(meanLevel(picture.data) - expected[index]!);
        // Integer sums over a division: only the rounding of the golden's seven digits is left.
        expect(difference).toBeLessThanOrEqual(1e-6 * expected[index]!);
      }
    });

    it('finds the same cuts for every level, bias and length', () => {
      const cases = casesOf<Case>(name, 'threshold');
      expect(cases).toHaveLength(6);
      for (const each of cases) {
        const found = referenceCuts(sequenceFrames(name), each);
        expect({ ...each, cuts: found }).toEqual(each);
      }
    });
  },
);

describe('the threshold detector', () => {
  const dip = [100, 100, 60, 8, 4, 9, 50, 100, 100];

  it('gives a fade its first dark frame, its first bright one, and the depth as confidence', async () => {
    const found = await boundariesInLevels(thresholdDetector({ minShotFrames: 0 }), dip);
    expect(found).toMatchObject([
      { kind: 'fade', startFrame: 3, endFrame: 6, startMs: 120, endMs: 240, confidence: 12 / 16 },
    ]);
  });

  it('finds fades to white from the other side', async () => {
    const detector = thresholdDetector({ threshold: 243, faded: 'above', minShotFrames: 0 });
    const found = await boundariesInLevels(detector, [
      ...dip.map((level) => 255 - level),
      255,
      255,
    ]);
    expect(found).toMatchObject([{ startFrame: 3, endFrame: 6, confidence: 12 / 16 }]);
  });

  it('makes the dark that a video begins in a shot', async () => {
    const detector = thresholdDetector({ minShotFrames: 0 });
    expect(await boundariesInLevels(detector, [0, 0, 0, 100, 100])).toMatchObject([
      { kind: 'fade', startFrame: 3, endFrame: 3, confidence: 1 },
    ]);
  });

  it('makes the dark at the end a shot where that is wanted', async () => {
    const levels = [100, 100, 100, 0, 0];
    const detector = thresholdDetector({ minShotFrames: 0, atEnd: true });
    expect(await boundariesInLevels(detector, levels)).toMatchObject([
      { kind: 'fade', startFrame: 3, endFrame: 3, confidence: 1 },
    ]);
    expect(await boundariesInLevels(thresholdDetector({ minShotFrames: 0 }), levels)).toEqual([]);
  });

  it('refuses half a level', () => {
    expect(() => thresholdDetector({ threshold: 12.5 })).toThrow('options.threshold');
    expect(() => thresholdDetector({ minFadedFrames: -1 })).toThrow('options.minFadedFrames');
  });
});
