import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { clipId, type JsonValue } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { clipsFromLists } from '../src/listed-clips.js';
import { splitIntoShots, type SplitVideo } from '../src/split.js';
import { contentDetector } from '../src/shots/content.js';
import { drawVideo, temporaryFolder } from './drawn-video.js';

const folder = temporaryFolder();
const frames = ffmpegFrameReader();
let split: SplitVideo;

beforeAll(async () => {
  const uri = drawVideo(join(folder, 'two.mp4'), [
    { source: 'testsrc2', frames: 50 },
    { source: 'mandelbrot', frames: 50 },
  ]);
  const video = { id: 'two-1', uri, info: await frames.probe(uri), metadata: {} };
  const stage = splitIntoShots({ frames, detector: contentDetector() });
  split = (await runStage(stage, [video])).outputs[0]!;
});

const withSpans = (spans: JsonValue): SplitVideo => ({
  ...split,
  video: { ...split.video, metadata: { spans } },
});

describe('clips of a list', () => {
  it('are the stretches that it names, measured, whatever the shots are', async () => {
    const spans = [
      { startMs: 1_000, endMs: 3_000 },
      { startMs: 0, endMs: 1_000 },
      { startMs: 1_000, endMs: 3_000 },
    ];
    const { outputs, emitted } = await runStage(clipsFromLists(), [withSpans(spans)]);
    expect(outputs.map(({ id }) => id)).toEqual([
      clipId('two-1', { startMs: 0, endMs: 1_000 }),
      clipId('two-1', { startMs: 1_000, endMs: 3_000 }),
    ]);
    expect(outputs[1]?.facts.luminance).toEqual(expect.any(Number));
    expect(emitted.filter(({ table }) => table === 'shots')).toHaveLength(2);
  });

  it('end with the video, and are warned of where there is nothing', async () => {
    const spans = [
      { startMs: 3_000, endMs: 9_000 },
      { startMs: 20_000, endMs: 21_000 },
    ];
    const { outputs, warned } = await runStage(clipsFromLists(), [withSpans(spans)]);
    expect(outputs.map(({ span }) => span.endMs)).toEqual([4_000]);
    expect(warned.map(({ warning }) => warning).sort()).toEqual([
      'listed-clip-cut-short',
      'listed-clip-outside',
    ]);
  });

  it.each([undefined, 'all', [{ startMs: 5, endMs: 5 }], [{ startMs: -1, endMs: 5 }], [null]])(
    'are none where the list says %j',
    async (spans) => {
      const { dropped } = await runStage(clipsFromLists(), [withSpans(spans as JsonValue)]);
      expect(dropped).toMatchObject([{ id: 'two-1', reason: 'no-listed-clips' }]);
    },
  );
});
