import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '../../../src/media/find-ffmpeg.js';
import { drawFilm } from '../../../src/testing/film/draw-film.js';
import { COLOURS, type FilmSpec } from '../../../src/testing/film/film-spec.js';
import { renderFrames } from '../../../src/testing/film/render.js';

const run = promisify(execFile);

const film: FilmSpec = {
  name: 'test',
  width: 96,
  height: 64,
  frameRate: { num: 25, den: 1 },
  shots: [
    { frames: 13, backdrop: { kind: 'plain', colour: 'red' }, toneHz: 440 },
    { frames: 12, backdrop: { kind: 'texture', from: 'blue', to: 'white' } },
  ],
};

describe('drawFilm', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'draw-film-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const decode = async (file: string, args: readonly string[]): Promise<Buffer> => {
    const options = { encoding: 'buffer', maxBuffer: 1e8 } as const;
    return (
      await run(findFfmpeg('ffmpeg').path, ['-v', 'error', '-i', file, ...args, 'pipe:1'], options)
    ).stdout;
  };

  it('writes a film whose decoded frames are those that were drawn', async () => {
    const { file, frames } = await drawFilm(film, join(folder, 'same.mp4'));
    const decoded = await decode(file, ['-f', 'rawvideo', '-pix_fmt', 'rgb24']);
    const drawn = Buffer.concat([...renderFrames(film)].map(({ data }) => data));
    expect(decoded).toHaveLength(drawn.length);
    expect(frames).toBe(25);
    const difference = decoded.reduce((sum, value, at) => sum + Math.abs(value - drawn[at]!), 0);
    // x264 at crf 20 and halved colour cost a few levels; a wrong frame order or colour matrix costs tens.
    expect(difference / drawn.length).toBeLessThan(4);
    expect(Math.abs(decoded[0]! - COLOURS.red[0])).toBeLessThan(6);
  });

  it('carries the sound for as long as the pictures last', async () => {
    const { file } = await drawFilm(film, join(folder, 'sound.mkv'));
    const samples = (await decode(file, ['-f', 's16le', '-ac', '1', '-ar', '16000'])).length / 2;
    expect(samples / 16_000).toBeCloseTo(1, 0);
  });

  it('gives the same file twice, also under a name with quotes, spaces and emoji', async () => {
    const hashes = ['plain.mp4', `it's a "film" 🎬.mp4`].map(async (name) => {
      const { file } = await drawFilm(film, join(folder, name));
      return createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    });
    const [first, second] = await Promise.all(hashes);
    expect(second).toBe(first);
  });

  it('leaves nothing behind when it is aborted', async () => {
    const before = await readdir(folder);
    const signal = AbortSignal.abort();
    await expect(drawFilm(film, join(folder, 'never.mp4'), { signal })).rejects.toThrow('abort');
    expect(await readdir(folder)).toEqual(before);
  });

  it('says which ffmpeg is not there', async () => {
    const drawing = drawFilm(film, join(folder, 'never.mp4'), {
      ffmpeg: join(folder, 'no-ffmpeg'),
    });
    await expect(drawing).rejects.toMatchObject({ code: 'missing-dependency' });
    await expect(drawing).rejects.toThrow('no-ffmpeg');
  });

  it('passes on what ffmpeg says when it refuses', async () => {
    const drawing = drawFilm(film, join(folder, 'odd.unknown-container'));
    await expect(drawing).rejects.toThrow('Unable to find a suitable output format');
  });
});
