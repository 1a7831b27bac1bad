import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ffmpegFrameReader } from '@internvid/core/media';
import { cutClip } from '../src/cut.js';
import { drawVideo, temporaryFolder } from './drawn-video.js';

const folder = temporaryFolder();
const frames = ffmpegFrameReader();

describe('cutting a clip', () => {
  const from = join(folder, `it's a "film" 视频.mp4`);

  it('writes exactly the frames inside the span, also where it begins between two', async () => {
    drawVideo(from, [{ source: 'testsrc2', frames: 100 }]);
    const clip = await cutClip({
      from,
      to: join(folder, 'clip.mp4'),
      span: { startMs: 510, endMs: 1501 },
      frames,
    });
    // Frames at 520, 560, … 1480 ms.
    expect(clip.frames).toBe(25);
    expect((await frames.probe(clip.path)).video.frames).toBe(25);
  });

  it('leaves nothing behind when it is aborted or when no frame is inside', async () => {
    const before = readdirSync(folder);
    const to = join(folder, 'never.mp4');
    const cut = cutClip({
      from,
      to,
      span: { startMs: 0, endMs: 4000 },
      frames,
      signal: AbortSignal.abort(),
    });
    await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
    await expect(
      cutClip({ from, to, span: { startMs: 90_000, endMs: 91_000 }, frames }),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });
});
