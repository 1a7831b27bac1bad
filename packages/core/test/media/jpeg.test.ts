import { describe, expect, it } from '@jest/globals';

import { decodeJpeg, encodeJpeg } from '../../src/media/jpeg.js';
import type { Picture } from '../../src/media/frame-reader.js';

const ramp = (format: 'rgb24' | 'gray8'): Picture => {
  const channels = format === 'rgb24' ? 3 : 1;
  const data = Uint8Array.from(
    { length: 64 * 48 * channels },
    (_, at) => (Math.floor(at / channels) % 64) * 4,
  );
  return { width: 64, height: 48, format, data };
};

describe('encodeJpeg', () => {
  it('gives the same bytes for the same picture', async () => {
    const [first, second] = await Promise.all([
      encodeJpeg(ramp('rgb24')),
      encodeJpeg(ramp('rgb24')),
    ]);
    expect(Buffer.compare(first, second)).toBe(0);
  });
});

describe('decodeJpeg', () => {
  it.each(['rgb24', 'gray8'] as const)(
    'gives back a picture of %s within the loss of quality 90',
    async (format) => {
      const picture = ramp(format);
      const back = await decodeJpeg(await encodeJpeg(picture), { format });
      expect([back.width, back.height, back.format, back.data.length]).toEqual([
        64,
        48,
        format,
        picture.data.length,
      ]);
      const worst = Math.max(
        ...back.data.map((value, at) => Math.abs(value - (picture.data[at] ?? 0))),
      );
      expect(worst).toBeLessThan(12);
    },
  );

  it('turns grey into colour and colour into grey, at the size asked for', async () => {
    const size = { width: 16, height: 30 };
    const grey = await decodeJpeg(await encodeJpeg(ramp('gray8')), { size });
    expect([grey.width, grey.height, grey.data.length]).toEqual([16, 30, 16 * 30 * 3]);
    const colour = await decodeJpeg(await encodeJpeg(ramp('rgb24')), { size, format: 'gray8' });
    expect(colour.data.length).toBe(16 * 30);
    expect(Math.abs((colour.data[15] ?? 0) - 4 * 62)).toBeLessThan(12);
  });

  it('calls a cut-off picture corrupt', async () => {
    const bytes = await encodeJpeg(ramp('rgb24'));
    await expect(decodeJpeg(bytes.subarray(0, 200))).rejects.toMatchObject({ code: 'corrupt' });
  });
});
