import type { Fraction } from '@internvid/core';

import { secondsFromStart, type CutSource } from './cut-source.js';
import type { JobInput } from './run-job.js';
import type { Stretch } from './stretch.js';

/**
 * The input from which a stretch of frames is decoded. The seek goes to the key frame before; what is decoded from there on and lies
 * outside the stretch is trimmed by its time.
 */
export function decodingInput(source: CutSource, start: number, seek: boolean): JobInput {
  const keyTick = keyBefore(source, start);
  const at = keyTick === undefined ? 0 : secondsFromStart(source, keyTick);
  const isSought = seek && source.hasIndex && at > 0;
  return {
    path: source.path,
    options: [
      ...(isSought ? ['-noaccurate_seek', '-ss', at.toFixed(6)] : []),
      ...['-threads', '1'],
    ],
  };
}

/** Filters that keep a stretch alone and count time from its start. */
export function trimFilters({ start, end }: Stretch): readonly string[] {
  return [`trim=start_pts=${start}:end_pts=${end}`, `setpts=PTS-(${start})`];
}

/** Encoders count time as the source does (in seconds per tick), so that no frame is moved to the nearest tick of another clock. */
export function timeBaseOptions({ num, den }: Fraction): readonly string[] {
  return ['-enc_time_base', `${num}:${den}`, '-video_track_timescale', String(den)];
}

function keyBefore({ packets }: CutSource, tick: number): number | undefined {
  return packets.reduce<number | undefined>(
    (last, { pts, isKey }) => (isKey && pts <= tick && pts >= (last ?? pts) ? pts : last),
    undefined,
  );
}
