import type { Boundary } from '@internvid/core';
import type { ShotDetector } from '../../src/shots/detector.js';

/** What a detector finds in a video of even grey pictures of 16 x 16 pixels, 40 ms apart. */
export async function boundariesInLevels(
  detector: ShotDetector,
  levels: readonly number[],
): Promise<readonly Boundary[]> {
  const [width, height] = [16, 16];
  const detection = detector.start();
  for (const [index, level] of levels.entries()) {
    const data = new Uint8Array(width * height * 3).fill(level);
    await detection.push({
      index,
      timeMs: index * 40,
      picture: { width, height, format: 'rgb24', data },
    });
  }
  return detection.finish();
}
