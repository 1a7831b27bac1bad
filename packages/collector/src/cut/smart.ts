import { join } from 'node:path';

import { readingWindow } from './clean-key-frames.js';
import { pictureTrack, type Piece, type Sample } from './clip-track.js';
import type { CutSource } from './cut-source.js';
import type { EdgeEncoder } from './edge-encoders.js';
import { decodingInput, timeBaseOptions, trimFilters } from './encode-frames.js';
import { retagged, type TrackDescription } from './mp4-track.js';
import { parameterSets } from './nal-units.js';
import type { CutPlan } from './plan.js';
import { readPiece } from './read-piece.js';
import type { Recipe } from './recipe.js';
import { passthrough, SAME_BYTES, type JobRunner, type Part } from './run-job.js';
import { stretchOf } from './stretch.js';

/** How a planned clip's pictures are made. */
export type CopyOptions = Pick<JobRunner, 'ffmpeg'> & {
  readonly plan: CutPlan;
  /** Undefined where the plan has no edges. */
  readonly encoder: EdgeEncoder | undefined;
  /** A folder of its own. */
  readonly folder: string;
};

/** Makes the pictures of a clip by copying packets, with edges encoded again where the plan has some. */
export function copyFrames(source: CutSource, options: CopyOptions): Recipe {
  const { plan } = options;
  const { num, den } = source.timeBase;
  const middle = copyInPlace(source, options) ?? copyThroughFfmpeg(source, options);
  const head = encodeEdge(source, options, 'head', plan.first, plan.copyFirst);
  const tail = encodeEdge(source, options, 'tail', plan.copyEnd, plan.end);
  return {
    parts: [...middle.parts, ...head.parts, ...tail.parts],
    finish: async () => {
      const copied = await middle.finish();
      if (copied === undefined) return undefined;
      const [key, ...others] = copied.samples;
      if (key === undefined) return undefined;
      const samples = [{ ...key, isSplice: source.info.video.codec === 'hevc' }, ...others];
      const ticks = plan.copied.map((tick) => tick * num);
      return pictureTrack({
        pieces: [...(await head.finish()), { samples, ticks }, ...(await tail.finish())],
        description: copied.description,
        timescale: den,
        endTick: stretchOf(source, plan).end * num,
      });
    },
  };
}

type Copied = { readonly description: TrackDescription; readonly samples: readonly Sample[] };
type Making<T> = { readonly parts: readonly Part[]; readonly finish: () => Promise<T> };

/** Takes packets from their places in the source; undefined where these are not known, or edges would not go with them. */
function copyInPlace(
  source: CutSource,
  { plan, encoder }: CopyOptions,
): Making<Copied> | undefined {
  const { path, packets, description } = source;
  if (description === undefined) return undefined;
  const sets = encoder?.tag === undefined ? undefined : parameterSets(description);
  if (encoder?.tag !== undefined && sets === undefined) return undefined;
  const wanted = new Set(plan.copied);
  const samples = packets
    .filter(({ pts }) => wanted.has(pts))
    .map(({ offset, size, isKey }) => ({
      ...{ path, offset, size, isKey },
      ...(isKey && sets !== undefined ? { sets } : {}),
    }));
  const copied = { description: retagged(description, encoder?.tag), samples };
  return { parts: [], finish: () => Promise.resolve(copied) };
}

/** Copies the packets of the plan and no other, by their times. */
function copyThroughFfmpeg(source: CutSource, options: CopyOptions): Making<Copied | undefined> {
  const { plan, encoder, folder } = options;
  const { num, den } = source.timeBase;
  const to = join(folder, 'middle.mp4');
  const { start, end } = stretchOf(source, { first: plan.copyFirst, end: plan.copyEnd });
  const seconds = (tick: number): string => ((tick * num) / den).toFixed(9);
  const only = `noise=drop='lt(pts*tb,${seconds(start - 0.5)})+gte(pts*tb,${seconds(end - 0.5)})'`;
  const inBand = encoder?.inBand === undefined ? [] : [encoder.inBand];
  const part = {
    input: {
      path: source.path,
      options: ['-fflags', '+genpts', ...readingWindow(source, start, end)],
    },
    options: (input: number): readonly string[] => [
      ...['-copyts', '-map', `${input}:${source.info.video.stream}`, '-c', 'copy'],
      ...['-bsf:v', [...inBand, only].join(','), ...tagOptions(encoder)],
      ...['-video_track_timescale', String(den), ...SAME_BYTES],
    ],
    to,
  };
  return { parts: [part], finish: () => readPiece(to) };
}

function encodeEdge(
  source: CutSource,
  { encoder, folder, ffmpeg }: CopyOptions,
  name: string,
  first: number,
  end: number,
): Making<readonly Piece[]> {
  if (first === end || encoder === undefined)
    return { parts: [], finish: () => Promise.resolve([]) };
  const { video } = source.info;
  const stretch = stretchOf(source, { first, end });
  const to = join(folder, `${name}.mp4`);
  const seeking = decodingInput(source, stretch.start, true);
  const counted = encoder.frameSeconds;
  const filters = [
    ...trimFilters(stretch),
    ...(counted === undefined ? [] : [`settb=${counted.num}/${counted.den}`, 'setpts=N']),
  ].join(',');
  const part = {
    input: { ...seeking, options: [...(seeking.options ?? []), '-noautorotate'] },
    options: (input: number): readonly string[] => [
      ...['-copyts', '-filter_complex', `[${input}:${video.stream}]${filters}[${name}]`],
      ...['-map', `[${name}]`, '-c:v', encoder.encoder, '-pix_fmt', video.pixelFormat],
      ...[...encoder.options, ...tagOptions(encoder), ...passthrough(ffmpeg)],
      ...[...timeBaseOptions(counted ?? source.timeBase), ...SAME_BYTES],
    ],
    to,
  };
  const ticks = Array.from(source.ticks.subarray(first, end), (t) => t * source.timeBase.num);
  return {
    parts: [part],
    finish: async () => [{ samples: (await readPiece(to))?.samples ?? [], ticks }],
  };
}

function tagOptions(encoder: EdgeEncoder | undefined): readonly string[] {
  return encoder?.tag === undefined ? [] : ['-tag:v', encoder.tag];
}
