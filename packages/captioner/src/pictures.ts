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

/** A picture inside a square, bars of black beside it, and where it lies there. */
export type FittedPicture = {
  readonly picture: Picture;
  /** Pixels of the square for each pixel of the picture. */
  readonly scale: number;
  /** Pixels of the square before the picture begins. */
  readonly left: number;
  readonly top: number;
};

/** Fits an rgb24 picture into a square of `side` pixels without changing its shape. */
export async function fitPicture(picture: Picture, side: number): Promise<FittedPicture> {
  const scale = side / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const [left, top] = [Math.floor((side - width) / 2), Math.floor((side - height) / 2)];
  const small = await resizePicture(picture, width, height);
  const data = new Uint8Array(side * side * 3);
  for (let row = 0; row < height; row++) {
    const line = small.data.subarray(row * width * 3, (row + 1) * width * 3);
    data.set(line, ((top + row) * side + left) * 3);
  }
  return { picture: { width: side, height: side, format: 'rgb24', data }, scale, left, top };
}
