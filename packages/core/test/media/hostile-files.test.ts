import { copyFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ffmpegFrameReader } from '../../src/media/ffmpeg-frame-reader.js';
import { allFrames } from './all-frames.js';
import { draw, h264, testPicture, videoFolder } from './drawn-videos.js';

const folder = videoFolder();
const reader = ffmpegFrameReader();
let video = '';

beforeAll(() => {
  video = draw(folder.path, 'video.mp4', [...testPicture(1), ...h264()]);
});
afterAll(() => folder.remove());

const write = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};

describe('names that trip up other programs', () => {
  it.each([
    "it's 100% $HOME [x] ünïcødé 视频 🎬.mp4",
    '-dash.mp4',
    'a%03d.mp4',
    'c:d?x=1#y.mp4',
    'new\nline.mp4',
  ])('reads %j', async (name) => {
    const path = join(folder.path, name);
    copyFileSync(video, path);
    expect((await reader.probe(path)).video.frames).toBe(10);
    expect(await allFrames(reader, path)).toHaveLength(10);
  });
});

describe('files that only name other files', () => {
  it('refuses playlists and scripts under the name of a video, and contacts nobody', async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.ts`;
    const start = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n';
    const texts = {
      'remote.mp4': `${start}${url}\n#EXT-X-ENDLIST\n`,
      'local.mp4': `${start}${video}\n#EXT-X-ENDLIST\n`,
      'script.mp4': `ffconcat version 1.0\nfile '${video}'\n`,
      'manifest.mp4': `<?xml version="1.0"?><MPD type="static"><BaseURL>${url}</BaseURL></MPD>`,
      'session.mp4': `v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n`,
    };
    for (const [name, text] of Object.entries(texts)) {
      await expect(reader.probe(write(name, text))).rejects.toMatchObject({ code: 'unreadable' });
    }
    server.close();
    expect(requests).toBe(0);
  });

  it('does not open addresses', async () => {
    await expect(reader.probe('https://example.org/a.mp4')).rejects.toThrow(/Download it first/);
  });
});

describe('files that are no video', () => {
  it.each([
    ['page.mp4', '<!DOCTYPE html><html>403</html>', /HTML page/],
    [
      'pointer.mp4',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      /git lfs pull/,
    ],
    ['nothing.mp4', '', /empty/],
    ['message.mp4', '{"error": "gone"}', /JSON/],
    ['words.mp4', 'hello there, this is no video at all\n'.repeat(50), /cannot be read as a video/],
  ])('says what %s is', async (name, text, message) => {
    const probe = reader.probe(write(name, text));
    await expect(probe).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(message),
    });
  });

  it('tells pictures and sound from video', async () => {
    const picture = draw(folder.path, 'picture.png', [...testPicture(1), '-frames:v', '1']);
    copyFileSync(picture, join(folder.path, 'picture.mp4'));
    const single = draw(folder.path, 'single.gif', [...testPicture(1), '-frames:v', '1']);
    const still = { code: 'unreadable', details: { reason: 'still-image' } };
    for (const path of [picture, join(folder.path, 'picture.mp4'), single]) {
      await expect(reader.probe(path)).rejects.toMatchObject(still);
    }
    const sound = draw(folder.path, 'sound.mp4', [
      '-f',
      'lavfi',
      '-i',
      'sine=duration=1',
      '-c:a',
      'aac',
    ]);
    await expect(reader.probe(sound)).rejects.toMatchObject({
      details: { reason: 'no-video-track' },
    });
    await expect(reader.probe(folder.path)).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('counts what is left of a file that was cut off', async () => {
    const faststart = ['-movflags', '+faststart'];
    const whole = draw(folder.path, 'whole.mp4', [...testPicture(4), ...h264(), ...faststart]);
    const { bytes } = await reader.probe(whole);
    truncateSync(whole, Math.round(bytes * 0.6));
    const info = await reader.probe(whole);
    expect(info.warnings).toContain('truncated');
    expect(info.headerDurationMs).toBe(4000);
    expect(info.durationMs).toBeLessThan(3800);
    const frames = await allFrames(reader, whole);
    expect(Math.abs(frames.length - info.video.frames)).toBeLessThan(3);
  });
});
