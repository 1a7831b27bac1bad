import { describe, expect, it } from '@jest/globals';

import { fakeFrames } from '../../src/testing/fake-frames.js';
import { describeFrameReader } from '../../src/testing/frame-reader-suite.js';

const timesMs = [3, 53, 103, 153, 303, 453, 603];

describeFrameReader('fakeFrames', async () => ({
  reader: fakeFrames({
    drawn: {
      width: 64,
      height: 36,
      timesMs,
      endMs: 700,
      colourAt: (frame, x) => [frame * 30, x * 200, 90],
    },
  }),
  uri: 'drawn',
  timesMs,
  endMs: 700,
  missingUri: 'not drawn',
}));

describe('fakeFrames', () => {
  it('draws what it is told, and states what it is told', async () => {
    const reader = fakeFrames({
      red: {
        ...{ width: 4, height: 2, timesMs: [0], endMs: 40, colourAt: () => [255, 0, 0] },
        ...{ video: { isInterlaced: true }, info: { warnings: ['single-frame'] } },
      },
    });
    const info = await reader.probe('red');
    expect([info.video.isInterlaced, info.video.displayWidth, info.warnings]).toEqual([
      true,
      4,
      ['single-frame'],
    ]);
    const outputs = [{ width: 1, height: 1, format: 'rgb24' }] as const;
    for await (const { pictures } of reader.frames('red', { select: { kind: 'all' }, outputs })) {
      expect([...(pictures[0]?.data ?? [])]).toEqual([255, 0, 0]);
    }
  });
});
