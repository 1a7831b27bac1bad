import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '@internvid/core/media';

import { cutClip } from '../../src/cut.js';
import { temporaryFolder } from '../drawn-video.js';
import { distances, draw, frames, NOISE, picturesOf, PICTURE } from './draw-source.js';

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '25'];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params'];
const GOP = 'keyint=25:min-keyint=25:log-level=error';
const MPEG2 = ['-c:v', 'mpeg2video', '-g', '12', '-q:v', '3'];

/** Name of the file and how it is encoded, with a key frame each second or half second. */
const CODECS: readonly (readonly [string, readonly string[]])[] = [
  ['h264.mp4', [...X264, '-bf', '0']],
  ['h264-b-frames.mp4', [...X264, '-bf', '3']],
  ['h264-b-frames.ts', [...X264, '-bf', '2']],
  ['h264-b-frames.mkv', [...X264, '-bf', '3']],
  ['hevc.mp4', [...X265, `${GOP}:open-gop=0:bframes=0`]],
  ['hevc-open-gop.mp4', [...X265, `${GOP}:open-gop=1:bframes=3`]],
  ['hevc-open-gop.ts', [...X265, `${GOP}:open-gop=1:bframes=3`]],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-g', '25', '-cpu-used', '8', '-deadline', 'realtime']],
  ['av1.mp4', ['-c:v', 'libsvtav1', '-g', '25', '-preset', '12']],
  ['av1.webm', ['-c:v', 'libaom-av1', '-g', '25', '-cpu-used', '8', '-usage', 'realtime']],
  ['mpeg2-open-gop.ts', [...MPEG2, '-bf', '2']],
  ['mpeg2-open-gop.mpg', [...MPEG2, '-bf', '2']],
];

const encoders = execFileSync(findFfmpeg('ffmpeg').path, ['-v', 'error', '-encoders'], {
  encoding: 'utf8',
});
const drawable = CODECS.filter(([, [, encoder = '']]) => encoders.includes(` ${encoder} `));

/** The npm fallback cuts exactly alone: see `ffmpeg-too-old`. */
const describeSmart = findFfmpeg('ffmpeg').libavformat[0] < 59 ? describe.skip : describe;

describeSmart('a smart cut', () => {
  const folder = temporaryFolder();
  const span = { startMs: 520, endMs: 3280 };

  it.each(drawable)(
    'of %s copies whole groups to the bit and encodes the edges',
    async (name, options) => {
      const sound = name.endsWith('.webm') ? ['-c:a', 'libopus'] : [];
      const from = draw(folder, name, [
        ...[...PICTURE, ...NOISE, '-pix_fmt', 'yuv420p', ...options, ...sound],
      ]);
      const to = join(folder, `${name}.clip.mp4`);
      const clip = await cutClip({ from, span, to, frames, mode: 'smart' });
      expect(clip.fallback).toBeUndefined();
      expect(clip.mode).toBe('smart');
      const [wanted, made] = [await picturesOf(from, span), await picturesOf(to)];
      expect(made).toHaveLength(69);
      const apart = distances(wanted, made);
      expect(apart.filter((distance) => distance === 0).length).toBe(clip.copiedFrames);
      expect(Math.max(...apart)).toBeLessThan(3);
      expect(Math.abs(clip.proof.soundOffsetMs ?? Infinity)).toBeLessThan(1);
      // From the key frame at one second on, all but the last few that a later frame is needed for.
      expect(clip.copiedFrames).toBeGreaterThanOrEqual(54);
    },
    30_000,
  );

  it('of H.264 whose groups are open encodes everything, and says why', async () => {
    const from = draw(folder, 'h264-open.mp4', [
      ...[...PICTURE, '-pix_fmt', 'yuv420p', ...X264, '-x264-params', 'open-gop=1'],
    ]);
    const to = join(folder, 'h264-open.clip.mp4');
    const clip = await cutClip({ from, span, to, frames, mode: 'smart' });
    expect(clip).toMatchObject({ mode: 'exact', fallback: 'no-clean-key-frame', copiedFrames: 0 });
    expect(clip.proof).toMatchObject({ problems: [], frames: 69 });
  });
});
