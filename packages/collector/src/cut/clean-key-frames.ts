import type { FileHandle } from 'node:fs/promises';

import { secondsFromStart, type CutSource } from './cut-source.js';
import { readAt, withFile } from './mp4-file.js';
import { nalType, parameterSets } from './nal-units.js';
import type { FrameRange } from './plan.js';
import { readLines } from './read-output.js';
import type { JobRunner } from './run-job.js';
import type { SourcePacket } from './source-packets.js';

const IDR_SLICE = 5;

/**
 * The ticks of the key frames in a range that a decoder may begin at and that forget everything before them. In H.264 containers also
 * call recovery points key frames, after which parameter sets may not change and the picture order goes on: only IDR pictures do,
 * which is read from the packets. For HEVC see `markBrokenLink`; the other codecs know one kind only.
 */
export async function cleanKeyFrames(
  source: CutSource,
  range: FrameRange,
  runner: JobRunner,
): Promise<ReadonlySet<number>> {
  const { packets, ticks, info, path, description } = source;
  const from = ticks[range.first] ?? 0;
  const to = ticks[range.end - 1] ?? 0;
  const keys = packets.filter(({ pts, isKey }) => isKey && pts >= from && pts <= to);
  if (info.video.codec !== 'h264' || keys.length === 0) return new Set(keys.map(({ pts }) => pts));
  if (description === undefined || parameterSets(description) === undefined) {
    const found = await idrTicks(source, runner);
    return new Set(keys.map(({ pts }) => pts).filter((pts) => found.has(pts)));
  }
  return withFile(path, async (file) => {
    const clean = new Set<number>();
    for (const key of keys) if (await isIdr(file, key)) clean.add(key.pts);
    return clean;
  });
}

/** Whether the first slice of a packet is one of an IDR picture; the packet is NAL units behind 32-bit lengths. */
async function isIdr(file: FileHandle, { offset, size }: SourcePacket): Promise<boolean> {
  const { size: fileSize } = await file.stat();
  for (let at = 0; at + 5 <= size && offset + at + 5 <= fileSize;) {
    const header = await readAt(file, offset + at, offset + at + 5);
    const type = nalType('h264', header.readUInt8(4));
    if (type <= IDR_SLICE) return type === IDR_SLICE;
    at += 4 + header.readUInt32BE(0);
  }
  return false;
}

const known = new WeakMap<CutSource, ReadonlySet<number>>();

/** The ticks of all IDR pictures of a file, which is read through once. */
async function idrTicks(source: CutSource, runner: JobRunner): Promise<ReadonlySet<number>> {
  const found = known.get(source) ?? (await readIdrTicks(source, runner));
  known.set(source, found);
  return found;
}

async function readIdrTicks(
  source: CutSource,
  { ffmpeg, stallMs, signal }: JobRunner,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  const args = [
    ...['-v', 'error', '-nostdin', '-copyts', '-protocol_whitelist', 'file'],
    ...['-i', `file:${source.path}`, '-map', `0:${source.info.video.stream}`],
    ...['-c', 'copy', '-bsf:v', `filter_units=pass_types=${IDR_SLICE}`, '-f', 'framecrc', 'pipe:1'],
  ];
  const clock = { num: 0, den: 1 };
  await readLines({ path: ffmpeg.path, args, stallMs, signal }, (line) => {
    const timeBase = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (timeBase !== null) {
      clock.num = Number(timeBase[1]);
      clock.den = Number(timeBase[2]);
    } else if (!line.startsWith('#')) {
      const pts = Number(line.split(',')[2]);
      const { num, den } = source.timeBase;
      found.add(Math.round((pts * clock.num * den) / (clock.den * num)));
    }
  });
  return found;
}

/** Read beyond the end, for packets that are decoded earlier than they are shown, in seconds. */
const MARGIN = 2;

/** Input options with which ffmpeg reads the packets from a key frame to a tick, and little else. */
export function readingWindow(source: CutSource, from: number, to: number): readonly string[] {
  const end = secondsFromStart(source, to) + MARGIN;
  if (!source.hasIndex) return ['-t', end.toFixed(6)];
  const start = Math.max(0, secondsFromStart(source, from));
  return ['-ss', start.toFixed(6), '-t', (end - start).toFixed(6)];
}
