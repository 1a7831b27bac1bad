import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Video } from '@internvid/core';
import { ffmpegFrameReader, type Picture } from '@internvid/core/media';
import { runStage } from '@internvid/core/testing';
import { probeVideos } from '../../src/probe.js';
import { contentDetector } from '../../src/shots/content.js';
import { stitchVideos, type StitchVideosOptions } from '../../src/shots/stitch-videos.js';
import { splitIntoShots, type SplitVideo } from '../../src/split.js';
import { drawVideo, temporaryFolder } from '../drawn-video.js';

const frames = ffmpegFrameReader();
const folder = temporaryFolder();
const by = { name: 'mean-colour', version: '1', config: {} };

async function splitVideo(): Promise<SplitVideo> {
  const uri = drawVideo(join(folder, 'film.mp4'), [
    { source: 'color=red', frames: 40 },
    { source: 'color=blue', frames: 40 },
    { source: 'color=navy', frames: 40 },
  ]);
  const video: Video = { id: 'film-0123456789ab', uri, metadata: {} };
  const { outputs } = await runStage(probeVideos({ frames }), [video]);
  const split = splitIntoShots({ frames, detector: contentDetector({ threshold: 20 }) });
  return (await runStage(split, outputs)).outputs[0]!;
}

/** The mean colour of a picture as its vector. */
function meanColour({ data }: Picture): Float32Array {
  const sums = Float32Array.of(0, 0, 0);
  data.forEach((level, at) => (sums[at % 3]! += level));
  return sums;
}

function stitching(
  embed: StitchVideosOptions['embed'],
  batchSize: number,
): ReturnType<typeof stitchVideos> {
  return stitchVideos({ frames, by, embed, side: 16, batchSize });
}

describe('stitching videos', () => {
  let video: SplitVideo;
  beforeAll(async () => {
    video = await splitVideo();
  });

  it('joins shots of one colour, whatever the size of a batch', async () => {
    expect(video.shots.map(({ startFrame }) => startFrame)).toEqual([0, 40, 80]);
    for (const batchSize of [1, 4, 100]) {
      const seen: string[] = [];
      const stage = stitching(async (pictures) => {
        for (const { width, height, format } of pictures) seen.push(`${width}x${height} ${format}`);
        expect(pictures.length).toBeLessThanOrEqual(batchSize);
        return pictures.map(meanColour);
      }, batchSize);
      const { outputs } = await runStage(stage, [video]);
      expect(outputs[0]!.shots.map(({ startFrame, endFrame }) => [startFrame, endFrame])).toEqual([
        [0, 40],
        [40, 120],
      ]);
      expect(seen).toEqual(Array.from({ length: 6 }, () => '16x16 rgb24'));
    }
  });

  it('leaves a video of one shot alone', async () => {
    const single = { ...video, shots: video.shots.slice(0, 1) };
    const stage = stitching(() => Promise.reject(new Error('must not be asked')), 4);
    expect((await runStage(stage, [single])).outputs).toEqual([single]);
  });

  it('fails a video whose embeddings do not come', async () => {
    const stage = stitching(async () => [], 4);
    const { failed } = await runStage(stage, [video]);
    expect(failed).toHaveLength(1);
  });
});
