import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Video } from '@internvid/core';
import { ffmpegFrameReader } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { clipsFromShots, dropShortClips, dropStillClips } from '../src/clips.js';
import { probeVideos, type ProbedVideo } from '../src/probe.js';
import { contentDetector } from '../src/shots/content.js';
import { equalParts, splitIntoShots, type SplitVideo } from '../src/split.js';
import { drawVideo, temporaryFolder } from './drawn-video.js';
import { describeWithShared, shared } from './shared.js';

const folder = temporaryFolder();
const frames = ffmpegFrameReader();

async function probed(uri: string): Promise<ProbedVideo> {
  const video: Video = { id: 'film-0123456789ab', uri, metadata: {} };
  const { outputs } = await runStage(probeVideos({ frames }), [video]);
  return outputs[0]!;
}

async function split(
  uri: string,
): Promise<{ video: SplitVideo; warned: readonly { warning: string }[] }> {
  const { outputs, warned } = await runStage(
    splitIntoShots({ frames, detector: contentDetector() }),
    [await probed(uri)],
  );
  return { video: outputs[0]!, warned };
}

const idsOf = (items: readonly { readonly id: string }[]): string[] => items.map(({ id }) => id);

describe('splitting a drawn video', () => {
  const path = join(folder, 'film.mp4');
  const parts = [
    { source: 'testsrc2', frames: 75 },
    { source: 'smptebars', frames: 60 },
    { source: 'mandelbrot', frames: 30 },
  ];

  it('finds shots without gaps, cut at the first frame of the new one, and clips that pass by length and motion', async () => {
    const { video, warned } = await split(drawVideo(path, parts));
    expect(warned).toEqual([]);
    expect(
      video.shots.map(({ startFrame, endFrame, span }) => [startFrame, endFrame, span]),
    ).toEqual([
      [0, 75, { startMs: 0, endMs: 3000 }],
      [75, 135, { startMs: 3000, endMs: 5400 }],
      [135, 165, { startMs: 5400, endMs: 6600 }],
    ]);
    const rows = await runStage(clipsFromShots(), [video]);
    const long = await runStage(dropShortClips(), rows.outputs);
    expect(long.dropped).toEqual([
      { id: 'film-0123456789ab_000005400_000006600', reason: 'too-short' },
    ]);
    const moving = await runStage(dropStillClips(), long.outputs);
    expect(moving.dropped).toEqual([
      { id: 'film-0123456789ab_000003000_000005400', reason: 'still' },
    ]);
    expect(idsOf(moving.outputs)).toEqual(['film-0123456789ab_000000000_000003000']);
    expect(rows.emitted.map(({ table }) => table)).toEqual(['shots', 'shots', 'shots']);
  });

  it('divides a long shot into equal clips', async () => {
    const { video } = await split(drawVideo(path, parts.slice(0, 1)));
    const { outputs } = await runStage(clipsFromShots({ maxDurationMs: 1_100 }), [video]);
    expect(idsOf(outputs).map((id) => id.split('_').slice(1))).toEqual([
      ['000000000', '000001000'],
      ['000001000', '000002000'],
      ['000002000', '000003000'],
    ]);
  });

  it('stops at once when it is aborted', async () => {
    const video = await probed(drawVideo(path, parts));
    const stage = splitIntoShots({ frames, detector: contentDetector() });
    const signal = AbortSignal.abort();
    await expect(runStage(stage, [video], { signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('equal parts', () => {
  it('cover a span to the millisecond', () => {
    const parts = equalParts({ startMs: 7, endMs: 107 }, 34);
    expect(parts).toEqual([
      { startMs: 7, endMs: 41 },
      { startMs: 41, endMs: 74 },
      { startMs: 74, endMs: 107 },
    ]);
  });
});

describeWithShared('splitting real videos', () => {
  it('warns when a damaged video decodes in part only', async () => {
    const { video, warned } = await split(shared('media/broken/truncated_half_faststart.mp4'));
    expect(warned.map(({ warning }) => warning)).toContain('partly-decoded');
    expect(video.shots.at(-1)!.span.endMs).toBeLessThanOrEqual(video.video.info.durationMs);
  });

  it('calls a surveillance camera static, a slow descent a tilt, a frozen film still', async () => {
    const facts = async (file: string) => {
      const { video } = await split(shared(`media/${file}`));
      return video.measurements.over(video.shots[0]!.span);
    };
    expect(await facts('pedestrians_static_camera_30s.avi')).toMatchObject({ camera: 'static' });
    expect(await facts('big_buck_bunny_30s_vp8.webm')).toMatchObject({ camera: 'tilt-down' });
    expect((await facts('manifesto_audiobook_88s_static.mp4')).freezeRatio).toBeGreaterThan(0.99);
  });

  it('lets a fade that the video begins in be the start of its first shot', async () => {
    const uri = drawVideo(join(folder, 'opening.mp4'), [{ source: 'testsrc2', frames: 60 }]);
    const video = { id: 'opening', uri, info: await frames.probe(uri), metadata: {} };
    const by = { name: 'fades', version: '1', config: {} };
    const times = { startFrame: 0, endFrame: 10, startMs: 0, endMs: 400 };
    const detector = {
      producer: by,
      start: () => ({
        push: () => undefined,
        finish: () => [{ kind: 'fade' as const, ...times, confidence: 1, by }],
      }),
    };
    const { outputs } = await runStage(splitIntoShots({ frames, detector }), [video]);
    expect(outputs[0]?.shots).toMatchObject([{ startFrame: 0, boundary: { kind: 'fade' } }]);
  });
});
