import { expect, it } from '@jest/globals';
import { adaptiveDetector } from '../../src/shots/adaptive.js';
import { contentDetector } from '../../src/shots/content.js';
import { hashDetector } from '../../src/shots/hash.js';
import { histogramDetector } from '../../src/shots/histogram.js';
import { fadeCut, fadeScan, meanLevel } from '../../src/shots/threshold.js';
import { describeWithShared } from '../shared.js';
import { videoCuts, videoFrames } from './pyscenedetect.js';

/** Videos on which a small difference of a frame changes the cut lists of some detector. */
const DELICATE = [
  'cockatoo_h264.mp4',
  'fades_leaf_deer_h264.mp4',
  'sintel_trailer_30s_fades_h264.mp4',
  'tears_of_steel_3shots_vp9.webm',
];
const DETECTORS = [contentDetector(), adaptiveDetector(), histogramDetector(), hashDetector()];

describeWithShared.each(DELICATE)('the detectors with default settings on %s', (file) => {
  it('find the cuts that PySceneDetect 0.7.2 finds', async () => {
    const detections = DETECTORS.map(({ producer, start }) => ({ ...producer, ...start() }));
    const fades = fadeScan({
      threshold: 12,
      faded: 'below',
      minShotFrames: 15,
      minFadedFrames: 0,
      atEnd: false,
    });
    const threshold: number[] = [];
    for await (const frame of videoFrames(file)) {
      for (const detection of detections) await detection.push(frame);
      const fade = fades.push(meanLevel(frame.picture.data), frame);
      if (fade !== undefined)
        threshold.push(fadeCut({ startFrame: fade.from.index, endFrame: fade.to.index }));
    }
    const found: Record<string, readonly number[]> = { threshold };
    for (const { name, finish } of detections)
      found[name] = (await finish()).map(({ startFrame }) => startFrame);
    expect(found).toEqual(videoCuts(file));
  });
});
