import type { PacketScan } from './packet-scan.js';
import type { Clock } from './ticks.js';

/** The number of the last key frame at or before a frame; 0 where there is none. */
export function keyFrameBefore(
  { keyFrames }: Pick<PacketScan, 'keyFrames'>,
  frame: number,
): number {
  const place = lastAtMost(keyFrames, frame);
  return keyFrames[place] ?? 0;
}

/** The place of the last value that is at most `limit` in an ascending list; -1 where there is none. */
export function lastAtMost(values: Float64Array | Uint32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where ffmpeg has to seek to reach a key frame, in whole microseconds from the container's start, rounded up. */
export function seekTarget({ ticks }: PacketScan, clock: Clock, keyFrame: number): number {
  const { num, den } = clock.timeBase;
  return Math.ceil((((ticks[keyFrame] ?? 0) - clock.startTicks) * num * 1e6) / den);
}
