import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Span } from '@internvid/core';
import { ffmpegFrameReader, findFfmpeg, type FrameReader } from '@internvid/core/media';

export const frames: FrameReader = ffmpegFrameReader();

/** A moving picture with a counter, 160 x 90, 25 frames a second, and noise that is nowhere like itself. */
export const PICTURE: readonly string[] = [
  '-f',
  'lavfi',
  '-i',
  'testsrc2=size=160x90:rate=25:duration=4',
];
export const NOISE: readonly string[] = [
  '-f',
  'lavfi',
  '-i',
  'anoisesrc=d=4:c=pink:r=44100:a=0.4:seed=11',
];

/** Draws a video and gives its path. */
export function draw(folder: string, name: string, args: readonly string[]): string {
  const path = join(folder, name);
  const { path: ffmpeg } = findFfmpeg('ffmpeg');
  execFileSync(ffmpeg, ['-v', 'error', '-nostdin', '-y', ...args, `file:${path}`], {
    stdio: 'pipe',
  });
  return path;
}

/** The pictures of a video, or of a span of it, at their own size. */
export async function picturesOf(path: string, span?: Span): Promise<readonly Uint8Array[]> {
  const { displayWidth: width, displayHeight: height } = (await frames.probe(path)).video;
  const pictures: Uint8Array[] = [];
  const request = {
    select: { kind: 'all' } as const,
    outputs: [{ width, height, format: 'rgb24' as const }],
    ...(span === undefined ? {} : { span }),
  };
  for await (const frame of frames.frames(path, request)) {
    pictures.push(...frame.pictures.map(({ data }) => data.slice()));
  }
  return pictures;
}

/** Mean absolute difference for each pair of pictures, 0 to 255. */
export function distances(a: readonly Uint8Array[], b: readonly Uint8Array[]): readonly number[] {
  return a.map((picture, index) => {
    const other = b[index] ?? new Uint8Array();
    return (
      picture.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 999)), 0) /
      picture.length
    );
  });
}
