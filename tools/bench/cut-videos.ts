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

/**
 * The shorter film with the most to see is encoded in each of these ways, with a key frame every two, four or ten seconds, and the
 * result repeated, with the sound of a long video: such are the films that clips are cut from.
 */
const REPEATS = 3;
const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3'];
const ENCODINGS: Readonly<Record<string, readonly string[]>> = {
  'h264-1080p-10s.mp4': ['-vf', 'scale=-2:1080', ...X264, ...keyEvery(10)],
  'h264-720p-2s.mp4': ['-vf', 'scale=-2:720', ...X264, ...keyEvery(2)],
  'hevc-720p-4s-open.mp4': [
    ...['-vf', 'scale=-2:720', '-c:v', 'libx265', '-preset', 'ultrafast', ...keyEvery(4)],
    ...['-x265-params', 'open-gop=1:bframes=4:log-level=error'],
  ],
  'vp9-4s.webm': [
    ...['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'],
    ...keyEvery(4),
  ],
  'av1-4s.mp4': ['-c:v', 'libsvtav1', '-preset', '11', '-crf', '35', '-g', '100'],
  'mpeg2-open.ts': ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '4', '-g', '15'],
};

function keyEvery(seconds: number): readonly string[] {
  return ['-g', '300', '-force_key_frames', `expr:gte(t,n_forced*${seconds})`];
}

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
  const [heard] = long.toSorted((a, b) => b.durationMs - a.durationMs);
  if (film === undefined || heard === undefined) return long;
  const made: LongVideo[] = [];
  for (const [name, options] of Object.entries(ENCODINGS)) {
    say(`making ${name} of ${film.name}`);
    const once = join(workFolder, `once-${name}`);
    const path = join(workFolder, name);
    await encode(film.path, once, options);
    await repeat(once, heard.path, path);
    made.push(await open(name, path, frames));
  }
  return [...long, ...made];
}

async function encode(from: string, to: string, options: readonly string[]): Promise<void> {
  await run(['-i', `file:${from}`, '-an', '-pix_fmt', 'yuv420p', ...options, `file:${to}`]);
}

async function repeat(film: string, heard: string, to: string): Promise<void> {
  const inputs = ['-stream_loop', String(REPEATS - 1), '-i', `file:${film}`, '-i', `file:${heard}`];
  const sound = to.endsWith('.webm') ? ['-c:a', 'libopus'] : ['-c:a', 'copy'];
  await run([
    ...[...inputs, '-map', '0:v', '-map', '1:a:0', '-c:v', 'copy', ...sound],
    ...['-shortest', `file:${to}`],
  ]);
}

async function run(args: readonly string[]): Promise<void> {
  await promisify(execFile)(findFfmpeg('ffmpeg').path, ['-v', 'error', '-nostdin', '-y', ...args]);
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
