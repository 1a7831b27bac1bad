import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAbort } from '@internvid/core';
import { findFfmpeg, type FrameReader } from '@internvid/core/media';

/** A video to cut from. */
export type LongVideo = {
  readonly name: string;
  readonly path: string;
  readonly durationMs: number;
  /** Of one picture. */
  readonly pixels: number;
  /** Presentation times of its key frames. */
  readonly keysMs: readonly number[];
};

/** What counts as long, in milliseconds. */
const LONG_MS = 60_000;

/** The shorter film with the most to see is repeated this often and encoded in each of these ways, with a key frame every four seconds. */
const REPEATS = 3;
const ENCODINGS: Readonly<Record<string, readonly string[]>> = {
  'h264-b-frames.mp4': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3'],
  'hevc-open-gop.mp4': [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'],
    'open-gop=1:bframes=4:keyint=120:min-keyint=120:log-level=error',
  ],
  'vp9.webm': ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'],
  'av1.mp4': ['-c:v', 'libsvtav1', '-preset', '11', '-crf', '35'],
  'mpeg2-open-gop.ts': ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '4'],
};

/** The long videos of a folder, and those made from the largest other one in `workFolder`. */
export async function longVideos(
  media: string,
  workFolder: string,
  { frames, say }: { readonly frames: FrameReader; readonly say: (line: string) => void },
): Promise<readonly LongVideo[]> {
  const found = await readable(media, frames);
  const long = found.filter(({ durationMs }) => durationMs >= LONG_MS);
  const [film] = found
    .filter(({ durationMs }) => durationMs < LONG_MS)
    .sort((a, b) => b.durationMs * b.pixels - a.durationMs * a.pixels);
  if (film === undefined) return long;
  const made: LongVideo[] = [];
  for (const [name, options] of Object.entries(ENCODINGS)) {
    say(`making ${name} of ${film.name}`);
    const path = join(workFolder, name);
    await repeat(film.path, path, name.endsWith('.webm') ? [...options, ...OPUS] : options);
    made.push(await open(`${name} of ${film.name}`, path, frames));
  }
  return [...long, ...made];
}

const OPUS = ['-c:a', 'libopus'];

async function repeat(from: string, to: string, options: readonly string[]): Promise<void> {
  const input = ['-stream_loop', String(REPEATS - 1), '-i', `file:${from}`];
  const fixed = ['-v', 'error', '-nostdin', '-y', ...input, '-pix_fmt', 'yuv420p', '-g', '120'];
  await promisify(execFile)(findFfmpeg('ffmpeg').path, [...fixed, ...options, `file:${to}`]);
}

async function readable(folder: string, frames: FrameReader): Promise<LongVideo[]> {
  const videos: LongVideo[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const { name } of entries.filter((entry) => entry.isFile())) {
    try {
      videos.push(await open(name, join(folder, name), frames));
    } catch (error) {
      // Not every file of a folder is a video.
      if (isAbort(error)) throw error;
    }
  }
  return videos;
}

async function open(name: string, path: string, frames: FrameReader): Promise<LongVideo> {
  const { durationMs, video } = await frames.probe(path);
  const { timesMs, keyFrames } = await frames.timeline(path);
  const keysMs = Array.from(keyFrames, (frame) => timesMs[frame] ?? 0);
  return { name, path, durationMs, pixels: video.width * video.height, keysMs };
}
