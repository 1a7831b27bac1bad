import { resolve } from 'node:path';
import { ToolkitError, type Fraction, type MediaInfo } from '@internvid/core';
import type { FrameReader, Timeline } from '@internvid/core/media';

import { isDamage } from './mp4-boxes.js';
import { readAt, topBoxes, withFile } from './mp4-file.js';
import { readTracks, type TrackDescription } from './mp4-track.js';
import type { JobRunner } from './run-job.js';
import { readPackets, type SourcePacket } from './source-packets.js';

/** The first sound track where its packets may be taken as they are: AAC of low complexity in MP4. */
export type CopiedSound = {
  readonly description: TrackDescription;
  /** Ticks per second; one for each sample of sound. */
  readonly timescale: number;
  /** In order, those too that an edit list hides. */
  readonly packets: readonly SourcePacket[];
};

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
  /** The track of pictures where the file is an MP4 that is understood: its packets are then read from their places in the file. */
  readonly description: TrackDescription | undefined;
  readonly sound: CopiedSound | undefined;
};

/** What cutting needs to look at a file. */
export type OpenSourceOptions = JobRunner & { readonly frames: FrameReader };

/** Containers in which ffmpeg has to guess where a time is. */
const WITHOUT_INDEX = new Set(['mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc', 'm4v', 'ogg', 'flv']);

/**
 * Looks at a video: what it is, when its frames are shown, and where its packets lie. Reads all packets of the file once.
 *
 * @throws ToolkitError what the frame reader throws.
 */
export async function openCutSource(uri: string, options: OpenSourceOptions): Promise<CutSource> {
  const { frames, signal } = options;
  const path = resolve(uri);
  const info = await frames.probe(path, signal);
  const [timeline, { header, packets: all }, tracks] = await Promise.all([
    frames.timeline(path, signal),
    readPackets(path, info.video.stream, options),
    info.container.split(',').includes('mp4') ? readDescriptions(path) : [],
  ]);
  const timeBase = readTimeBase(header.get('time_base'), path);
  const startMicroseconds = Math.round(Number(header.get('start_time') ?? 0) * 1e6) || 0;
  // As the frame reader counts frames: not what an edit list hides, not the one byte with which DivX fills a place.
  const packets = all.filter(({ isHidden, size }) => !isHidden && size > 1);
  const ticks = Float64Array.from(packets, ({ pts }) => pts).sort();
  const isWhole =
    packets.length === timeline.timesMs.length &&
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
    packets: isWhole ? packets : [],
    ticks: isWhole ? ticks : new Float64Array(),
    description: tracks[info.video.stream],
    sound: await openSound(path, info, tracks, options),
  };

  function matches(tick: number, timeMs: number): boolean {
    const exactMs = (tick * timeBase.num * 1000) / timeBase.den - startMicroseconds / 1000;
    return Math.abs(exactMs - timeMs) < 1.5;
  }
}

async function readDescriptions(path: string): Promise<readonly (TrackDescription | undefined)[]> {
  return withFile(path, async (file) => {
    try {
      const index = (await topBoxes(file)).find(({ type }) => type === 'moov');
      return index === undefined ? [] : readTracks(await readAt(file, index.start, index.end));
    } catch (error) {
      // ffmpeg reads more than is understood here, such as an index that is packed or damaged: the packets then go through it.
      if (isDamage(error)) return [];
      throw error;
    }
  });
}

async function openSound(
  path: string,
  { audio: [track] }: MediaInfo,
  tracks: readonly (TrackDescription | undefined)[],
  options: OpenSourceOptions,
): Promise<CopiedSound | undefined> {
  if (track?.codec !== 'aac') return undefined;
  const description = tracks[track.stream];
  if (description === undefined) return undefined;
  const { header, packets } = await readPackets(path, track.stream, options);
  const { num, den } = readTimeBase(header.get('time_base'), path);
  if (header.get('profile') !== 'LC' || num !== 1 || den !== track.sampleRate) return undefined;
  return { description, timescale: den, packets };
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

function readTimeBase(text: string | undefined, path: string): Fraction {
  const [num = 0, den = 0] = (text ?? '').split('/').map(Number);
  if (num > 0 && den > 0) return { num, den };
  throw new ToolkitError('unreadable', `${path} states no time base for its video track.`);
}
