import { join } from 'node:path';

import { readingWindow } from './clean-key-frames.js';
import type { CutSource } from './cut-source.js';
import type { EdgeEncoder } from './edge-encoders.js';
import { decodingInput, timeBaseOptions, trimFilters } from './encode-frames.js';
import { stretchOf } from './stretch.js';
import { joinPieces, type Piece } from './join-pieces.js';
import type { CutPlan } from './plan.js';
import { passthrough, runJob, SAME_BYTES, type JobRunner } from './run-job.js';

/** Where and how a planned clip's pictures are made. */
export type CopyOptions = JobRunner & {
  readonly plan: CutPlan;
  /** Undefined where the plan has no edges. */
  readonly encoder: EdgeEncoder | undefined;
  /** A folder of its own. */
  readonly folder: string;
  readonly to: string;
};

/**
 * Makes the pictures of a clip by copying packets, with edges encoded again where the plan has some.
 *
 * @returns false where a piece did not come out as planned.
 */
export async function copyFrames(source: CutSource, options: CopyOptions): Promise<boolean> {
  const { plan } = options;
  const middle = await copyMiddle(source, options);
  const head = await encodeEdge(source, options, 'head', plan.first, plan.copyFirst);
  const tail = await encodeEdge(source, options, 'tail', plan.copyEnd, plan.end);
  return joinPieces({
    pieces: [...head, middle, ...tail],
    template: middle,
    timescale: source.timeBase.den,
    endTick: stretchOf(source, plan).end * source.timeBase.num,
    to: options.to,
  });
}

/** Copies the packets of the plan and no other, by their times. */
async function copyMiddle(source: CutSource, options: CopyOptions): Promise<Piece> {
  const { plan, encoder, folder } = options;
  const { num, den } = source.timeBase;
  const path = join(folder, 'middle.mp4');
  const { start, end } = stretchOf(source, { first: plan.copyFirst, end: plan.copyEnd });
  const seconds = (tick: number): string => ((tick * num) / den).toFixed(9);
  const only = `noise=drop='lt(pts*tb,${seconds(start - 0.5)})+gte(pts*tb,${seconds(end - 0.5)})'`;
  const window = readingWindow(source, start, end);
  const inBand = encoder?.inBand === undefined ? [] : [encoder.inBand];
  const job = {
    inputs: [{ path: source.path, options: ['-fflags', '+genpts', ...window] }],
    options: [
      ...['-copyts', '-map', `0:${source.info.video.stream}`, '-c', 'copy'],
      ...['-bsf:v', [...inBand, only].join(','), ...tagOptions(encoder)],
      ...['-video_track_timescale', String(den), ...SAME_BYTES],
    ],
    to: path,
  };
  await runJob(job, options);
  return { path, ticks: plan.copied.map((tick) => tick * num), isSplice: true };
}

async function encodeEdge(
  source: CutSource,
  options: CopyOptions,
  name: string,
  first: number,
  end: number,
): Promise<readonly Piece[]> {
  const { encoder, folder } = options;
  if (first === end || encoder === undefined) return [];
  const { video } = source.info;
  const stretch = stretchOf(source, { first, end });
  const path = join(folder, `${name}.mp4`);
  const input = decodingInput(source, stretch.start, true);
  const counted = encoder.frameSeconds;
  const clock = counted ?? source.timeBase;
  const filters = [
    ...trimFilters(stretch),
    ...(counted === undefined ? [] : [`settb=${counted.num}/${counted.den}`, 'setpts=N']),
  ].join(',');
  const job = {
    inputs: [{ ...input, options: [...(input.options ?? []), '-noautorotate'] }],
    options: [
      ...['-copyts', '-filter_complex', `[0:${video.stream}]${filters}[v]`, '-map', '[v]'],
      ...['-c:v', encoder.encoder, '-pix_fmt', video.pixelFormat, ...encoder.options],
      ...[...tagOptions(encoder), ...passthrough(options.ffmpeg)],
      ...[...timeBaseOptions(clock), ...SAME_BYTES],
    ],
    to: path,
  };
  await runJob(job, options);
  const ticks = Array.from(source.ticks.subarray(first, end), (t) => t * source.timeBase.num);
  return [{ path, ticks, isSplice: false }];
}

function tagOptions(encoder: EdgeEncoder | undefined): readonly string[] {
  return encoder?.tag === undefined ? [] : ['-tag:v', encoder.tag];
}
