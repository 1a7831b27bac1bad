import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ffmpegFrameReader, findFfmpeg } from '@internvid/core/media';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { runRetrieval } from '../../src/eval/retrieval-report.js';
import { writeReport } from '../../src/eval/write-report.js';
import { runZeroShot } from '../../src/eval/zero-shot-report.js';
import { colourEncoder } from '../colour-encoder.js';

let folder: string;
const frames = ffmpegFrameReader();
const path = (name: string): string => join(folder, `${name}.mp4`);

/** Videos of one colour, half a second each; one is no video. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'eval "x" '));
  for (const [name, colour] of [
    ['red', '0xdc1414'],
    ['green', '0x14dc14'],
    ['blue', '0x1414dc'],
    ['mostly-red', '0xdc6478'],
  ]) {
    const source = `color=c=${colour!}:size=64x48:rate=10:duration=0.5`;
    const options = ['-v', 'error', '-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p'];
    execFileSync(findFfmpeg('ffmpeg').path, [...options, path(name!)]);
  }
  await writeFile(path('broken'), 'no video');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('runZeroShot', () => {
  const test = () => ({
    classNames: ['red', 'green', 'blue & "co" <b>'],
    videos: ['red', 'green', 'blue', 'broken', 'mostly-red'].map((name) => ({
      path: path(name),
      label:
        name === 'blue' || name === 'mostly-red'
          ? 'blue & "co" <b>'
          : name.replace('broken', 'red'),
    })),
  });

  it('says what was recognised, class by class, and what could not be read', async () => {
    const encoder = colourEncoder();
    const progress: number[] = [];
    const report = await runZeroShot(test(), {
      encoder,
      frames,
      onProgress: (done) => progress.push(done),
    });
    expect(report).toMatchObject({ kind: 'zero-shot', encoder: encoder.producer, videos: 4 });
    expect(report.failed).toMatchObject([{ path: path('broken'), code: 'unreadable' }]);
    expect([report.top1, report.top5, report.average]).toEqual([75, 100, 87.5]);
    expect(report.classes).toEqual([
      { name: 'red', videos: 1, top1: 100, top5: 100, takenFor: null },
      { name: 'green', videos: 1, top1: 100, top5: 100, takenFor: null },
      { name: 'blue & "co" <b>', videos: 2, top1: 50, top5: 100, takenFor: 'red' },
    ]);
    expect(report.confusion).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
    expect(report.predictions.at(-1)).toMatchObject({
      path: path('mostly-red'),
      best: ['red', expect.anything(), expect.anything()],
    });
    expect(progress).toEqual([1, 2, 3, 4, 5]);
  });

  it('writes a report, a table and a picture', async () => {
    const report = await runZeroShot(test(), { encoder: colourEncoder(), frames });
    const out = join(folder, 'out');
    expect(await writeReport(out, report)).toEqual(['report.json', 'classes.csv', 'confusion.svg']);
    expect(await readdir(out)).toHaveLength(3);
    expect(JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))).toEqual(report);
    expect(await readFile(join(out, 'classes.csv'), 'utf8')).toBe(
      'class,videos,top1,top5,taken_for\nred,1,100.00,100.00,\ngreen,1,100.00,100.00,\n"blue & ""co"" <b>",2,50.00,100.00,red\n',
    );
    const svg = await readFile(join(out, 'confusion.svg'), 'utf8');
    expect(svg).toContain('blue &#38; &#34;co&#34; &#60;b&#62;: 1 of 2 taken for red');
    expect(svg.match(/<title>/g)).toHaveLength(4);
  });

  it('refuses labels that are no classes, and classes that are there twice', async () => {
    const tools = { encoder: colourEncoder(), frames };
    const videos = [{ path: path('red'), label: 'pink' }];
    await expect(runZeroShot({ classNames: ['red'], videos }, tools)).rejects.toThrow(
      /"pink" is not among the class names/,
    );
    await expect(runZeroShot({ classNames: ['red', 'red'], videos: [] }, tools)).rejects.toThrow(
      /twice/,
    );
  });

  it('stops at an abort', async () => {
    const tools = { encoder: colourEncoder(), frames, signal: AbortSignal.abort() };
    await expect(runZeroShot(test(), tools)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('runRetrieval', () => {
  it('says how texts find videos and videos texts, with several captions', async () => {
    const encoder = colourEncoder();
    const videos = [
      { path: path('red'), captions: ['Red!', 'white'] },
      { path: path('broken'), captions: ['nothing'] },
      { path: path('green'), captions: ['green'] },
      { path: path('blue'), captions: ['red'] },
    ];
    const report = await runRetrieval({ videos }, { encoder, frames });
    expect(report).toMatchObject({ kind: 'retrieval', videos: 3, texts: 4 });
    expect(report.captions).toEqual(['Red!', 'white', 'green', 'red']);
    expect(report.paths).toEqual(['red', 'green', 'blue'].map(path));
    expect(report.failed).toMatchObject([{ path: path('broken') }]);
    const { textToVideo, videoToText } = report.plain;
    expect(videoToText.ranks.slice(0, 2)).toEqual([2, 1]);
    expect(textToVideo.ranks[0]).toBe(1);
    expect(textToVideo.ranks[2]).toBe(1);
    expect(textToVideo.ranks[3]).toBeGreaterThan(1);
    const out = join(folder, 'retrieval');
    expect(await writeReport(out, report)).toEqual([
      'report.json',
      'ranks.svg',
      'ranks-dual-softmax.svg',
    ]);
    const svg = await readFile(join(out, 'ranks.svg'), 'utf8');
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).not.toContain('NaN');
  });
});
