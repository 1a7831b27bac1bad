import { expect, it } from '@jest/globals';
import { ffmpegFrameReader } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { probeVideos } from '../src/probe.js';
import { describeWithShared, readJson, shared } from './shared.js';

type Expected = { file: string; expect: 'unreadable' | 'skip' | 'warn' | 'ok' };

describeWithShared('probing the broken and odd files', () => {
  const { files } = readJson('media/truth/broken.json') as { files: Expected[] };

  it('fails what cannot be read, drops what holds no video, keeps the rest and warns where it is odd', async () => {
    const videos = files.map(({ file }) => ({
      id: file,
      uri: shared(`media/${file}`),
      metadata: {},
    }));
    const result = await runStage(
      probeVideos({ frames: ffmpegFrameReader(), concurrency: 2 }),
      videos,
    );
    const want = (...kinds: string[]) =>
      files.filter((file) => kinds.includes(file.expect)).map(({ file }) => file);
    expect(result.failed.map(({ id }) => id).sort()).toEqual(want('unreadable').sort());
    expect(result.failed.every(({ code }) => code === 'unreadable')).toBe(true);
    expect(result.dropped.map(({ id }) => id).sort()).toEqual(want('skip').sort());
    expect(result.outputs.map(({ id }) => id).sort()).toEqual(want('ok', 'warn').sort());
    const warned = new Set(result.warned.map(({ id }) => id));
    expect(want('warn').filter((file) => !warned.has(file))).toEqual([]);
  });
});
