import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clip } from '@internvid/core';
import { fakeFrames, runStage } from '@internvid/core/testing';
import { ffmpegFrameReader, findFfmpeg } from '@internvid/core/media';
import sharp from 'sharp';

import type { ClipHash } from '../../../src/dedup/perceptual/clip-hash.js';
import { copyFinder } from '../../../src/dedup/perceptual/copy-finder.js';
import { hashClips } from '../../../src/dedup/perceptual/hash-clips.js';

/** A film that ffmpeg draws. */
const lavfi = (source: string, seconds: number) => [
  '-f',
  'lavfi',
  '-t',
  String(seconds),
  '-i',
  source,
];

const frames = ffmpegFrameReader();
const CROP = 'crop=trunc(iw*0.95/2)*2:trunc(ih*0.95/2)*2';
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'encoded again, smaller': ['-vf', 'scale=240:-2', '-crf', '34'],
  'cropped by 5 %': ['-vf', CROP],
  letterboxed: ['-vf', 'pad=iw:trunc(ih*1.3/2)*2:0:(oh-ih)/2'],
  'shifted by half a second': ['-ss', '0.5'],
  brighter: ['-vf', 'lutyuv=y=clip(val*1.1+16\\,16\\,235)'],
  'sped up by 5 %': ['-vf', 'setpts=PTS/1.05'],
  'a part of it': ['-ss', '2', '-t', '3'],
};

describe('copies of drawn films', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'internvid-copies-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const encode = async (input: readonly string[], options: readonly string[], name: string) => {
    const path = join(folder, name);
    const output = ['-an', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
    await promisify(execFile)(findFfmpeg('ffmpeg').path, [
      ...['-v', 'error', '-nostdin', '-y', ...input, ...options, ...output, path],
    ]);
    return path;
  };

  const hashOf = async (path: string): Promise<ClipHash> => {
    const info = await frames.probe(path);
    const video = { id: path, uri: path, info, metadata: {} };
    const clip: Clip = { id: path, video, span: { startMs: 0, endMs: info.durationMs }, facts: {} };
    const { outputs, failed } = await runStage(hashClips({ frames }), [clip]);
    if (outputs[0] === undefined) throw new Error(failed[0]?.code);
    return outputs[0];
  };

  const joined = (clips: readonly ClipHash[]) => {
    const finder = copyFinder();
    clips.forEach((clip) => finder.add(clip));
    return clips.flatMap((clip, at) => finder.find(clip).map(({ other }) => [at, other].sort()));
  };

  it('are found however they were changed, and the films are not joined', async () => {
    const file = await encode(lavfi('mandelbrot=s=320x180:r=25', 6), [], 'film.mp4');
    const otherFile = await encode(lavfi('testsrc2=s=320x180:r=25', 6), [], 'other.mp4');
    const films = [await hashOf(file), await hashOf(otherFile)];
    expect(joined(films)).toEqual([]);
    const finder = copyFinder();
    for (const film of films) finder.add(film);
    for (const [name, options] of Object.entries(VARIANTS)) {
      const copy = await hashOf(await encode(['-i', file], options, `${name}.mp4`));
      expect([name, finder.find(copy).map((found) => found.other)]).toEqual([name, [0]]);
    }
  }, 120_000);

  it('are never seen in slides, titles and plain colours that have nothing in common', async () => {
    const texts = ['Introduction', 'What is a data set?', 'Results and outlook', 'Thank you'];
    const films: ClipHash[] = [];
    for (const [at, text] of texts.entries()) {
      const lines = Array.from({ length: 2 + at }, (_, line) => {
        const words = `${'point '.repeat(2 + ((line + at) % 3))} ${line}`;
        return `<text x="60" y="${130 + line * 40}" font-size="24">${words}</text>`;
      });
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="white"/><text x="40" y="70" font-size="40">${text}</text>${lines.join('')}</svg>`;
      const picture = join(folder, `slide ${at}.png`);
      await writeFile(picture, await sharp(Buffer.from(svg)).png().toBuffer());
      films.push(
        await hashOf(await encode(['-loop', '1', '-t', '3', '-i', picture], [], `slide ${at}.mp4`)),
      );
    }
    for (const colour of ['black', 'white', 'red', '0x101010'])
      films.push(
        await hashOf(await encode(lavfi(`color=${colour}:s=320x180`, 3), [], `${colour}.mp4`)),
      );
    expect(joined(films)).toEqual([]);
  }, 60_000);

  it('fails a clip that gives no picture, and goes on', async () => {
    const reader = fakeFrames({
      film: {
        width: 64,
        height: 36,
        timesMs: [0, 40],
        endMs: 80,
        colourAt: (_, x) => [x * 255, 0, 0],
      },
    });
    const video = { id: 'film', uri: 'film', metadata: {} };
    const gone = { id: 'gone', uri: 'gone', metadata: {} };
    const clips: Clip[] = [
      { id: 'late', video, span: { startMs: 5_000, endMs: 6_000 }, facts: {} },
      { id: 'nowhere', video: gone, span: { startMs: 0, endMs: 80 }, facts: {} },
      { id: 'whole', video, span: { startMs: 0, endMs: 80 }, facts: {} },
    ];
    const { outputs, failed } = await runStage(hashClips({ frames: reader }), clips);
    expect(outputs.map(({ id, pictures }) => [id, pictures])).toEqual([['whole', 1]]);
    expect(failed).toEqual([
      { id: 'late', code: 'decode-failed' },
      { id: 'nowhere', code: 'not-found' },
    ]);
  });
});
