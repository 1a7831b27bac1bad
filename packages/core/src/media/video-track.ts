import type { Fraction, VideoTrack } from '../media-info.js';
import { usualStep, type OrderedPackets } from './packet-order.js';
import type { Header, StreamHeader } from './probe-header.js';
import { reduce, startTick, ticksToMs, type Clock } from './ticks.js';

/** How a track counts time, with the container's start as zero. */
export function trackClock(header: Header, track: StreamHeader): Clock {
  const timeBase = readFraction(track.time_base) ?? { num: 1, den: 1000 };
  const start = startTick(startMicroseconds(header), timeBase);
  // The start is rounded to whole microseconds, which a tick may be shorter than: the first frame must not precede it.
  const first = track.start_pts ?? start;
  const isSameMicrosecond = Math.abs(first - start) * timeBase.num * 1e6 < timeBase.den;
  return { timeBase, startTicks: isSameMicrosecond ? first : start };
}

/** The container's own start time in whole microseconds, as libavformat keeps it. */
export function startMicroseconds({ format }: Header): number {
  return Math.round(Number(format.start_time ?? 0) * 1e6);
}

/** Clockwise turn that a player applies: the display matrix counts the other way, the older tag this way. */
export function readRotation({ side_data_list, tags }: StreamHeader): VideoTrack['rotation'] {
  const matrix = side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation;
  const clockwise = matrix === undefined ? Number(tags.rotate ?? 0) : -matrix;
  const quarters = ((Math.round(clockwise / 90) % 4) + 4) % 4;
  return ([0, 90, 180, 270] as const)[quarters] ?? 0;
}

/** PQ or HLG. */
export function isHdr({ color_transfer }: StreamHeader): boolean {
  return color_transfer === 'smpte2084' || color_transfer === 'arib-std-b67';
}

/** Whether the header says that each picture is woven from two fields. */
export function isInterlaced({ field_order }: StreamHeader): boolean {
  return ['tt', 'bb', 'tb', 'bt'].includes(field_order ?? '');
}

/** Describes a track from its header and its packets. */
export function describeTrack(
  track: StreamHeader,
  packets: OrderedPackets,
  clock: Clock,
): VideoTrack {
  const rotation = readRotation(track);
  const sampleAspectRatio = readFraction(track.sample_aspect_ratio) ?? { num: 1, den: 1 };
  const across = Math.max(
    1,
    Math.round((track.width * sampleAspectRatio.num) / sampleAspectRatio.den),
  );
  const isTurned = rotation === 90 || rotation === 270;
  const { timeBase } = clock;
  const first = packets.ticks[0] ?? 0;
  const seconds = { num: (packets.endTicks - first) * timeBase.num, den: timeBase.den };
  return {
    stream: track.index,
    codec: track.codec_name,
    pixelFormat: track.pix_fmt,
    bitDepth: bitDepth(track),
    width: track.width,
    height: track.height,
    displayWidth: isTurned ? track.height : across,
    displayHeight: isTurned ? across : track.height,
    rotation,
    sampleAspectRatio,
    frameRate: reduce(packets.ticks.length * seconds.den, seconds.num),
    isVariableFrameRate: isVariable(packets.ticks, timeBase),
    frames: packets.ticks.length,
    firstFrameMs: ticksToMs(clock, first),
    keyFrames: packets.keyFrames.length,
    colorTransfer: track.color_transfer,
    colorPrimaries: track.color_primaries,
    colorSpace: track.color_space,
    isHdr: isHdr(track),
    isInterlaced: isInterlaced(track),
    hasAlpha: hasAlpha(track),
  };
}

/** Reads `16:11` or `30000/1001`; undefined where either part is not above zero, as in ffprobe's `0:1` for unknown. */
export function readFraction(text: string | undefined): Fraction | undefined {
  const [num = 0, den = 0] = (text ?? '').split(/[:/]/).map(Number);
  return num > 0 && den > 0 ? { num, den } : undefined;
}

/** Whether a step between frames differs from the usual one by more than containers round: a tick, a millisecond. */
function isVariable(ticks: Float64Array, timeBase: Fraction): boolean {
  const usual = usualStep(ticks);
  const slack = Math.max(2, (2 * timeBase.den) / (1000 * timeBase.num));
  return ticks.some(
    (tick, index) => index > 0 && Math.abs(tick - (ticks[index - 1] ?? 0) - usual) > slack,
  );
}

function bitDepth({ pix_fmt, bits_per_raw_sample }: StreamHeader): number {
  const named = /(?:p|gray|x2rgb|x2bgr|p0)(9|10|12|14|16)(?:le|be)?$|(48|64)(?:le|be)$/.exec(
    pix_fmt,
  );
  if (named?.[2] !== undefined) return 16;
  return Number(named?.[1] ?? bits_per_raw_sample ?? 8) || 8;
}

/** VP8 and VP9 keep transparency in a second stream that only a tag tells of. */
function hasAlpha({ pix_fmt, tags }: StreamHeader): boolean {
  return /^(yuva|gbrap|rgba|argb|bgra|abgr|ya8|ya16|pal8)/.test(pix_fmt) || tags.alpha_mode === '1';
}
