import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findFfmpeg } from '../../src/media/find-ffmpeg.js';

/** A folder for the videos of one test file. */
export function videoFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'internvid-media-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** ffmpeg's moving test picture with a counter: 320x180, 10 frames a second unless told otherwise. */
export function testPicture(seconds: number, fps = 10, size = '320x180'): readonly string[] {
  return ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}:duration=${seconds}`];
}

/** Small, quick H.264 with B-frames and a key frame every `keyEvery` frames. */
export function h264(keyEvery = 20): readonly string[] {
  return [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-bf',
    '2',
    '-g',
    String(keyEvery),
    '-pix_fmt',
    'yuv420p',
  ];
}

/** Runs ffmpeg to make a file, and gives its path. */
export function draw(folder: string, name: string, args: readonly string[]): string {
  const path = join(folder, name);
  const fixed = ['-v', 'error', '-nostdin', '-y', '-fflags', '+bitexact'];
  execFileSync(findFfmpeg('ffmpeg').path, [...fixed, ...args, `file:${path}`], { stdio: 'pipe' });
  return path;
}

/** The first four numbers (a, b, c, d) of the display matrix of ISO 14496-12 that turns a picture clockwise. */
const TURNS = {
  0: [1, 0, 0, 1],
  90: [0, 1, -1, 0],
  180: [-1, 0, 0, -1],
  270: [0, -1, 1, 0],
} as const;

/** Writes the display matrix of an MP4's only track in place: no option for it works in all versions of ffmpeg. */
export function turn(path: string, degrees: keyof typeof TURNS): void {
  const bytes = readFileSync(path);
  const matrix = bytes.indexOf('tkhd') + 44;
  const [a, b, c, d] = TURNS[degrees];
  [a, b, 0, c, d, 0].forEach((value, at) => bytes.writeInt32BE(value * 65_536, matrix + at * 4));
  writeFileSync(path, bytes);
}
