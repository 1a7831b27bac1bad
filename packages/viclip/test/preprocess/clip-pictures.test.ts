import { ffmpegFrameReader } from '@internvid/core/media';
import { expect, it } from '@jest/globals';

import { readVideoPictures } from '../../src/preprocess/clip-pictures.js';
import { describeWith, shared, sharedJson } from '../shared-files.js';

const GOLDEN = 'golden/viclip/real/real.json';

type Golden = {
  readonly videos: readonly {
    readonly file: string;
    readonly width: number;
    readonly height: number;
    readonly frame_rgb_means: readonly (readonly [number, number, number])[];
  }[];
};

describeWith(GOLDEN, 'readVideoPictures against the published choice on real videos', () => {
  const reader = ffmpegFrameReader();

  it.each((sharedJson(GOLDEN) as Golden).videos.map((video) => [video.file, video] as const))(
    'reads the same eight frames of %s',
    async (file, { width, height, frame_rgb_means: means }) => {
      const pictures = await readVideoPictures(reader, shared(`media/${file}`), { count: 8 });
      expect(pictures).toHaveLength(8);
      for (const [index, { data, ...size }] of pictures.entries()) {
        expect(size).toEqual({ width, height, format: 'rgb24' });
        const sums = [0, 0, 0];
        for (let at = 0; at < data.length; at++) sums[at % 3]! += data[at]!;
        for (const [channel, sum] of sums.entries()) {
          const mean = (sum * 3) / data.length;
          // Another ffmpeg converts the colours of one of the videos differently, by 0.6 on average.
          expect(Math.abs(mean - means[index]![channel]!)).toBeLessThan(1);
        }
      }
    },
  );

  it('reads only frames of a span, and repeats the last where there are few', async () => {
    const [{ file }] = (sharedJson(GOLDEN) as Golden).videos as [Golden['videos'][0]];
    const span = { startMs: 1000, endMs: 1100 };
    const pictures = await readVideoPictures(reader, shared(`media/${file}`), { count: 8, span });
    expect(pictures).toHaveLength(8);
    const different = new Set(pictures.map(({ data }) => Buffer.from(data).toString('base64')));
    expect([2, 3]).toContain(different.size);
    expect(pictures[7]!.data).toEqual(pictures[6]!.data);
    const nowhere = { startMs: 9e8, endMs: 9e8 + 10 };
    await expect(
      readVideoPictures(reader, shared(`media/${file}`), { count: 8, span: nowhere }),
    ).rejects.toMatchObject({ code: 'decode-failed' });
  });
});
