import { describe, expect, it } from '@jest/globals';

import { cutPicture } from '../../src/media/cut-picture.js';
import { encodeJpeg } from '../../src/media/jpeg.js';
import type { Picture } from '../../src/media/frame-reader.js';

/** Red from left to right in four steps, green from top to bottom in two. */
const picture: Picture = {
  ...{ width: 32, height: 16, format: 'rgb24' },
  data: Uint8Array.from({ length: 32 * 16 * 3 }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / 3), at % 3];
    const [x, y] = [pixel % 32, Math.floor(pixel / 32)];
    return channel === 0 ? Math.floor(x / 8) * 80 : channel === 1 ? Math.floor(y / 8) * 200 : 0;
  }),
};
const size = { width: 8, height: 8 };

describe('cutPicture', () => {
  it('takes a part, of a decoded picture and of an encoded one', async () => {
    const box = { left: 8, top: 8, width: 8, height: 8 };
    const cut = await cutPicture(picture, { box, size });
    expect(cut).toMatchObject({ ...size, format: 'rgb24' });
    expect(Array.from(cut.data)).toEqual(Array(64).fill([80, 200, 0]).flat());
    const { data } = await cutPicture(await encodeJpeg(picture), { box, size });
    // Colour is kept at half resolution and runs over the edges, so that single pixels differ.
    const means = [0, 1, 2].map(
      (channel) =>
        data.reduce((sum, value, at) => (at % 3 === channel ? sum + value : sum), 0) / 64,
    );
    for (const [channel, mean] of [80, 200, 0].entries()) {
      expect(Math.abs((means[channel] ?? 0) - mean)).toBeLessThan(15);
    }
  });

  it('stretches a part and exchanges left and right', async () => {
    const box = { left: 0, top: 0, width: 32, height: 8 };
    const { data } = await cutPicture(picture, { box, size, isMirrored: true });
    const reds = Array.from({ length: 8 }, (_, x) => Math.round((data[x * 3] ?? 0) / 80));
    expect(reds).toEqual([3, 3, 2, 2, 1, 1, 0, 0]);
  });

  it('refuses a part that does not lie in the picture, and a damaged one', async () => {
    const box = { left: 30, top: 0, width: 8, height: 8 };
    await expect(cutPicture(picture, { box, size })).rejects.toMatchObject({ code: 'corrupt' });
    const half = (await encodeJpeg(picture)).subarray(0, 200);
    const inside = { left: 0, top: 0, width: 8, height: 8 };
    await expect(cutPicture(half, { box: inside, size })).rejects.toMatchObject({
      code: 'corrupt',
    });
  });
});
