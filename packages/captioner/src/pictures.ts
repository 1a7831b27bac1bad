import type { Picture } from '@internvid/core/media';
import sharp from 'sharp';

/** Left, top, width, height. */
export type Box = readonly [left: number, top: number, width: number, height: number];

/** Stretches a picture, or the part of it in `box` (whole pixels, inside), to a size, by linear interpolation. */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  box?: Box,
): Promise<Picture> {
  const channels = picture.format === 'rgb24' ? 3 : 1;
  let image = sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels },
  });
  if (box !== undefined)
    image = image.extract({ left: box[0], top: box[1], width: box[2], height: box[3] });
  const data = await image
    .resize(width, height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { width, height, format: picture.format, data };
}
