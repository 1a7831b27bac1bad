import { join } from 'node:path';

import type { CutSource } from './cut-source.js';
import { decodingInput, timeBaseOptions, trimFilters } from './encode-frames.js';
import { joinPieces } from './join-pieces.js';
import type { FrameRange } from './plan.js';
import { passthrough, runJob, SAME_BYTES, type JobRunner } from './run-job.js';
import { stretchOf, tickOf } from './stretch.js';

/** Where an exact cut is made. */
export type ExactOptions = JobRunner & {
  /** A folder of its own. */
  readonly folder: string;
  readonly to: string;
  /** False decodes from the file's beginning. */
  readonly seek: boolean;
};

/**
 * Encodes exactly the frames of a range: H.264 (x264, preset `veryfast`, CRF 20, 8 bits, 4:2:0), and HEVC (x265, CRF 20, 10 bits) for
 * HDR, whose colours it keeps; without reordering, so that a reader that knows no edit lists sees the right times too. Pictures are
 * turned upright and deinterlaced (one frame for each, as the frame reader does); one row or column is cut off where a side is odd; the
 * sample aspect ratio stays.
 *
 * @returns false where another number of frames came out.
 */
export async function encodeExactly(
  source: CutSource,
  range: FrameRange,
  options: ExactOptions,
): Promise<boolean> {
  const { video } = source.info;
  const { timeBase } = source;
  const stretch = stretchOf(source, range);
  const path = join(options.folder, 'encoded.mp4');
  const filters = [...weaveFilters(source), ...trimFilters(stretch), ...sizeFilters(source)];
  const job = {
    inputs: [decodingInput(source, stretch.start, options.seek)],
    options: [
      ...['-copyts', '-filter_complex', `[0:${video.stream}]${filters.join(',')}[v]`],
      ...['-map', '[v]', ...(video.isHdr ? HDR : SDR)],
      ...[...passthrough(options.ffmpeg), ...timeBaseOptions(timeBase), ...SAME_BYTES],
    ],
    to: path,
  };
  await runJob(job, options);
  const ticks = Array.from({ length: range.end - range.first }, (_, at) =>
    tickOf(source, range.first + at),
  );
  const piece = { path, ticks: ticks.map((tick) => tick * timeBase.num), isSplice: false };
  return joinPieces({
    pieces: [piece],
    template: piece,
    timescale: timeBase.den,
    endTick: stretch.end * timeBase.num,
    to: options.to,
  });
}

const SDR = [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-bf', '0'],
  ...['-pix_fmt', 'yuv420p'],
];

const HDR = [
  ...['-c:v', 'libx265', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p10le'],
  ...['-x265-params', 'bframes=0:pools=none:frame-threads=1:log-level=error', '-tag:v', 'hvc1'],
];

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
