import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFfmpeg } from '@internvid/core/media';
import { afterAll } from '@jest/globals';

/** A folder that is gone after the suite. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'collector-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Draws test sources of ffmpeg one after another: a hard cut between any two, 25 frames a second, 320 x 180. */
export function drawVideo(
  path: string,
  parts: readonly { source: string; frames: number }[],
): string {
  const inputs = parts.flatMap(({ source, frames }) => {
    const separator = source.includes('=') ? ':' : '=';
    return [
      '-f',
      'lavfi',
      '-i',
      `${source}${separator}size=320x180:rate=25,trim=end_frame=${frames}`,
    ];
  });
  const filter = `${parts.map((_, index) => `[${index}:v]`).join('')}concat=n=${parts.length}`;
  const output = [
    '-filter_complex',
    filter,
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-pix_fmt',
    'yuv420p',
  ];
  execFileSync(findFfmpeg('ffmpeg').path, [
    '-v',
    'error',
    '-y',
    ...inputs,
    ...output,
    `file:${path}`,
  ]);
  return path;
}
