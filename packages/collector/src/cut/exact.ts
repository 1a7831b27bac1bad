import { join } from 'node:path';
import type { VideoTrack } from '@internvid/core';

import { pictureTrack } from './clip-track.js';
import type { CutSource } from './cut-source.js';
import { decodingInput, timeBaseOptions, trimFilters } from './encode-frames.js';
import type { FrameRange } from './plan.js';
import { readPiece } from './read-piece.js';
import type { Recipe } from './recipe.js';
import { passthrough, SAME_BYTES, type JobRunner } from './run-job.js';
import { stretchOf, tickOf } from './stretch.js';

/** Where an exact cut is made. */
export type ExactOptions = Pick<JobRunner, 'ffmpeg'> & {
  /** A folder of its own. */
  readonly folder: string;
  /** False decodes from the file's beginning. */
  readonly seek: boolean;
};

/**
 * Encodes exactly the frames of a range: H.264 (x264, preset `veryfast`, CRF 20, 8 bits, 4:2:0), and HEVC (x265, CRF 20, 10 bits) for
 * HDR, whose colours it keeps; without reordering, so that a reader that knows no edit lists sees the right times too. Pictures are
 * turned upright and deinterlaced (one frame for each, as the frame reader does); one row or column is cut off where a side is odd; the
 * sample aspect ratio stays.
 */
export function encodeExactly(source: CutSource, range: FrameRange, options: ExactOptions): Recipe {
  const { video } = source.info;
  const { timeBase } = source;
  const stretch = stretchOf(source, range);
  const to = join(options.folder, 'exact.mp4');
  const filters = [...weaveFilters(source), ...trimFilters(stretch), ...sizeFilters(source)];
  const part = {
    input: decodingInput(source, stretch.start, options.seek),
    options: (input: number): readonly string[] => [
      ...['-copyts', '-filter_complex', `[${input}:${video.stream}]${filters.join(',')}[exact]`],
      ...['-map', '[exact]', ...(video.isHdr ? [...HDR, ...colours(video)] : SDR)],
      ...[...passthrough(options.ffmpeg), ...timeBaseOptions(timeBase), ...SAME_BYTES],
    ],
    to,
  };
  return {
    parts: [part],
    finish: async () => {
      const piece = await readPiece(to);
      const ticks = Array.from({ length: range.end - range.first }, (_, at) =>
        tickOf(source, range.first + at),
      );
      return (
        piece &&
        pictureTrack({
          pieces: [{ samples: piece.samples, ticks: ticks.map((tick) => tick * timeBase.num) }],
          description: piece.description,
          timescale: timeBase.den,
          endTick: stretch.end * timeBase.num,
        })
      );
    },
  };
}

const SDR = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-bf', '0'],
  ...['-pix_fmt', 'yuv420p'],
];

const HDR = [
  ...['-c:v', 'libx265', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p10le'],
  ...['-x265-params', 'bframes=0:pools=none:frame-threads=1:log-level=error', '-tag:v', 'hvc1'],
];

/** Old versions of ffmpeg lose the colours between filter and encoder. */
function colours({ colorPrimaries, colorTransfer, colorSpace }: VideoTrack): readonly string[] {
  const named = {
    '-color_primaries': colorPrimaries,
    '-color_trc': colorTransfer,
    '-colorspace': colorSpace,
  };
  return Object.entries(named).flatMap((option) => (option[1] === 'unknown' ? [] : option));
}

/** yadif halves the time base, which the filters after it count in. */
function weaveFilters({ info, timeBase: { num, den } }: CutSource): readonly string[] {
  if (!info.video.isInterlaced) return [];
  return ['yadif=mode=send_frame:deint=interlaced', `settb=${num}/${den}`];
}

function sizeFilters({ info: { video, warnings } }: CutSource): readonly string[] {
  const even = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0';
  if (Math.min(video.width, video.height) < 2) return ["scale='max(iw,2)':'max(ih,2)'", even];
  if (!warnings.includes('resolution-change')) return [even];
  // An encoder keeps the size that it was opened with.
  const isTurned = video.rotation === 90 || video.rotation === 270;
  const [width, height] = isTurned ? [video.height, video.width] : [video.width, video.height];
  return [`scale=${width}:${height}`, even];
}
