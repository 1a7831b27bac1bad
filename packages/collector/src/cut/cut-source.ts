import { resolve } from 'node:path';
import { ToolkitError, type Fraction, type MediaInfo } from '@internvid/core';
import type { FrameReader, Timeline } from '@internvid/core/media';

import { readLines } from './read-output.js';
import type { JobRunner } from './run-job.js';

/** A video packet as it lies in the file, in ticks of the track's time base. */
export type SourcePacket = { readonly pts: number; readonly isKey: boolean };

/** A video as cutting sees it. */
export type CutSource = {
  /** Absolute. */
  readonly path: string;
  readonly info: MediaInfo;
  readonly timeline: Timeline;
  /** Seconds per tick. */
  readonly timeBase: Fraction;
  /** The container's start, in whole microseconds, as ffmpeg keeps it. */
  readonly startMicroseconds: number;
  /** As ffprobe names it, e.g. `High`; empty where the codec has none. */
  readonly profile: string;
  /** As the codec counts it, e.g. 31 for H.264's 3.1; below zero where unknown. */
  readonly level: number;
  /** Whether ffmpeg finds a time in the file without reading it from the beginning. */
  readonly hasIndex: boolean;
  /** In the order of decoding. Empty where they do not match the timeline one to one: such a file is only cut exactly. */
  readonly packets: readonly SourcePacket[];
  /** Ticks of the frames in the order of presentation; as long as `packets`. */
  readonly ticks: Float64Array;
};

/** What cutting needs to look at a file. */
export type OpenSourceOptions = JobRunner & { readonly frames: FrameReader };

/** Containers in which ffmpeg has to guess where a time is. */
const WITHOUT_INDEX = new Set(['mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc', 'm4v', 'ogg', 'flv']);

/**
 * Looks at a video: what it is, when its frames are shown, and in which order its packets lie. Reads all packets of the file once.
 *
 * @throws ToolkitError what the frame reader throws.
 */
export async function openCutSource(uri: string, options: OpenSourceOptions): Promise<CutSource> {
  const { frames, ffprobe, stallMs, signal } = options;
  const path = resolve(uri);
  const info = await frames.probe(path, signal);
  const timeline = await frames.timeline(path, signal);
  const header = new Map<string, string>();
  const packets: (SourcePacket | undefined)[] = [];
  const args = [
    // MPEG program streams leave out times that follow from others.
    ...[
      '-v',
      'error',
      '-fflags',
      '+genpts',
      '-select_streams',
      String(info.video.stream),
      '-print_format',
      'compact',
    ],
    '-show_entries',
    'packet=pts,size,flags:stream=time_base,profile,level:format=start_time,format_name',
    ...['-protocol_whitelist', 'file', '-i', `file:${path}`],
  ];
  await readLines({ path: ffprobe.path, args, stallMs, signal }, (line) => {
    const [section, ...fields] = line.split('|');
    const values = new Map(fields.map((field) => splitAtEquals(field)));
    if (section !== 'packet') for (const [name, value] of values) header.set(name, value);
    else if (isShown(values)) packets.push(readPacket(values));
  });
  const timeBase = readTimeBase(header.get('time_base'), path);
  const startMicroseconds = Math.round(Number(header.get('start_time') ?? 0) * 1e6) || 0;
  const timed = packets.filter((packet) => packet !== undefined);
  const ticks = Float64Array.from(timed, ({ pts }) => pts).sort();
  const isWhole =
    timed.length === packets.length &&
    timed.length === timeline.timesMs.length &&
    ticks.every((tick, at) => matches(tick, timeline.timesMs[at] ?? NaN));
  return {
    path,
    info,
    timeline,
    timeBase,
    startMicroseconds,
    profile: header.get('profile') ?? '',
    level: Number(header.get('level') ?? -1),
    hasIndex: !WITHOUT_INDEX.has(header.get('format_name') ?? ''),
    packets: isWhole ? timed : [],
    ticks: isWhole ? ticks : new Float64Array(),
  };

  function matches(tick: number, timeMs: number): boolean {
    const exactMs = (tick * timeBase.num * 1000) / timeBase.den - startMicroseconds / 1000;
    return Math.abs(exactMs - timeMs) < 1.5;
  }
}

/** Seconds from the container's start to a tick, as ffmpeg's `-ss` takes them; rounded up, so that a seek to a key frame reaches it. */
export function secondsFromStart(source: CutSource, tick: number): number {
  const { timeBase, startMicroseconds } = source;
  return Math.ceil((tick * timeBase.num * 1e6) / timeBase.den - startMicroseconds) / 1e6;
}

/** The first tick whose time from the container's start, rounded down to whole milliseconds, is at least `timeMs`. */
export function firstTickAt({ timeBase, startMicroseconds }: CutSource, timeMs: number): number {
  const start = Math.round((startMicroseconds * timeBase.den) / (1e6 * timeBase.num));
  const perTick = 1000n * BigInt(timeBase.num);
  return start + Number((BigInt(timeMs) * BigInt(timeBase.den) + perTick - 1n) / perTick);
}

function splitAtEquals(field: string): readonly [string, string] {
  const at = field.indexOf('=');
  return [field.slice(0, at), field.slice(at + 1)];
}

/** As the frame reader counts frames: not what an edit list hides, not the one byte with which DivX fills a place. */
function isShown(values: ReadonlyMap<string, string>): boolean {
  return !(values.get('flags') ?? '').includes('D') && Number(values.get('size')) > 1;
}

function readPacket(values: ReadonlyMap<string, string>): SourcePacket | undefined {
  const pts = Number(values.get('pts'));
  return Number.isNaN(pts) ? undefined : { pts, isKey: (values.get('flags') ?? '').includes('K') };
}

function readTimeBase(text: string | undefined, path: string): Fraction {
  const [num = 0, den = 0] = (text ?? '').split('/').map(Number);
  if (num > 0 && den > 0) return { num, den };
  throw new ToolkitError('unreadable', `${path} states no time base for its video track.`);
}
