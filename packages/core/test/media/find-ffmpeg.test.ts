import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it } from '@jest/globals';

import { findFfmpeg } from '../../src/media/find-ffmpeg.js';
import { videoFolder } from './drawn-videos.js';

const folder = videoFolder();
const { PATH } = process.env;
afterAll(() => folder.remove());
afterEach(() => {
  process.env.PATH = PATH;
  delete process.env.INTERNVID_FFMPEG;
});

describe('findFfmpeg', () => {
  it('takes the setting before the environment, and that before PATH', () => {
    const { path } = findFfmpeg('ffmpeg');
    process.env.INTERNVID_FFMPEG = path;
    expect(findFfmpeg('ffmpeg').foundIn).toBe('environment');
    expect(findFfmpeg('ffmpeg', path)).toMatchObject({ path, foundIn: 'setting' });
  });

  it('does not go on when what it was given is missing', () => {
    process.env.INTERNVID_FFMPEG = join(folder.path, 'not-here');
    expect(() => findFfmpeg('ffmpeg')).toThrow(/not-here.*INTERNVID_FFMPEG/s);
    expect(() => findFfmpeg('ffprobe', '/no/such/ffprobe')).toThrow(
      expect.objectContaining({ code: 'missing-dependency' }),
    );
  });

  it('refuses a program that is something else', () => {
    const impostor = join(folder.path, 'ffmpeg');
    writeFileSync(impostor, '#!/bin/sh\necho hello\n');
    chmodSync(impostor, 0o755);
    expect(() => findFfmpeg('ffmpeg', impostor)).toThrow(/does not answer like ffmpeg/);
  });

  it('falls back to the npm packages where PATH has none, or says what to install', () => {
    process.env.PATH = folder.path.concat('-empty');
    for (const program of ['ffmpeg', 'ffprobe'] as const) {
      try {
        const found = findFfmpeg(program);
        expect(found.foundIn).toBe('npm');
        expect(found.libavformat[0]).toBeGreaterThanOrEqual(58);
      } catch (error) {
        expect(error).toMatchObject({
          code: 'missing-dependency',
          message: expect.stringContaining('npm install @ffmpeg-installer/ffmpeg'),
        });
      }
    }
  });
});
