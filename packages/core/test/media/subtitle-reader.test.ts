import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '../../src/media/find-ffmpeg.js';
import { ffmpegSubtitleReader } from '../../src/media/subtitle-reader.js';

let folder: string;
let video: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'subtitle-reader-'));
  const subtitles = join(folder, 'in.srt');
  await writeFile(
    subtitles,
    '1\n00:00:00,500 --> 00:00:01,000\nGrüße, <i>Welt</i>\n\n2\n00:00:01,000 --> 00:00:01,500\n--> no time\n',
  );
  video = join(folder, "it's [a] %d 视频.mkv");
  const picture = ['-f', 'lavfi', '-i', 'color=size=64x48:rate=5:duration=2'];
  const { status } = spawnSync(
    findFfmpeg('ffmpeg').path,
    ['-v', 'error', ...picture, '-i', subtitles, '-c:v', 'mpeg4', '-c:s', 'srt', `file:${video}`],
    { stdio: 'ignore' },
  );
  expect(status).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

describe('ffmpegSubtitleReader', () => {
  it('reads a track as WebVTT', async () => {
    const text = await ffmpegSubtitleReader().webVtt(video, 1);
    expect(text).toMatch(/^WEBVTT\n\n00:00\.500 --> 00:01\.000\nGrüße, <i>Welt<\/i>\n/);
  });

  it('fails on a track that is none, saying so, and on a file that is not there', async () => {
    const reader = ffmpegSubtitleReader();
    await expect(reader.webVtt(video, 0)).rejects.toMatchObject({
      code: 'decode-failed',
      message: expect.stringContaining('track 0'),
    });
    await expect(reader.webVtt(video, 9)).rejects.toMatchObject({ code: 'decode-failed' });
    await expect(reader.webVtt(join(folder, 'none.mkv'), 0)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('stops when it is told to', async () => {
    const reason = new Error('enough');
    const reading = ffmpegSubtitleReader().webVtt(video, 1, AbortSignal.abort(reason));
    await expect(reading).rejects.toBe(reason);
  });
});
