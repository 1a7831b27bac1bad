import { describe, expect, it } from '@jest/globals';
import { transnetWindows } from '../../src/shots/transnet-windows.js';

const FRAME_BYTES = 48 * 27 * 3;

/** Which frame of a video of so many stands at each place of each window: frame n is a picture of level n. */
function placesOf(frames: number): number[][] {
  const windows = transnetWindows();
  const full: Uint8Array[] = [];
  // One buffer for all frames, as a reader has it.
  const picture = new Uint8Array(FRAME_BYTES);
  for (let index = 0; index < frames; index++) {
    const window = windows.push(picture.fill(index));
    if (window !== undefined) full.push(window);
  }
  return [...full, ...windows.finish()].map((window) =>
    Array.from({ length: 100 }, (_, place) => window[place * FRAME_BYTES]!),
  );
}

describe('the windows of TransNetV2', () => {
  it.each([1, 24, 25, 49, 50, 51, 74, 75, 76, 99, 100, 101, 150, 175, 200])(
    'show 25 frames before and after those that count, in a video of %d frames',
    (frames) => {
      const windows = placesOf(frames);
      expect(windows).toHaveLength(Math.ceil(frames / 50));
      const expected = windows.map((_, window) =>
        Array.from({ length: 100 }, (_, place) =>
          Math.min(Math.max(50 * window - 25 + place, 0), frames - 1),
        ),
      );
      expect(windows).toEqual(expected);
    },
  );

  it('are none of a video without frames', () => {
    expect(placesOf(0)).toEqual([]);
  });

  it('come as soon as they are full, so that no more than one waits', () => {
    const windows = transnetWindows();
    const picture = new Uint8Array(FRAME_BYTES);
    const full = Array.from({ length: 1000 }, (_, index) => index).filter(
      () => windows.push(picture) !== undefined,
    );
    expect(full.slice(0, 3)).toEqual([74, 124, 174]);
    expect(windows.finish()).toHaveLength(1);
  });

  it('refuse a frame of another size', () => {
    expect(() => transnetWindows().push(new Uint8Array(48 * 27))).toThrow(RangeError);
  });
});
