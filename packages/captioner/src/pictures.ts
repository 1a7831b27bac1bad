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

/**
 * A square of an rgb24 picture, scaled to `size` pixels; black where it reaches beyond the picture.
 *
 * @param middle in pixels of the picture, as is `side`, which need not be whole.
 */
export async function squarePart(
  picture: Picture,
  [middleX, middleY]: readonly [number, number],
  side: number,
  size: number,
): Promise<Picture> {
  const [originX, originY] = [middleX - side / 2, middleY - side / 2];
  const across = inside(originX, side, picture.width);
  const down = inside(originY, side, picture.height);
  const scale = size / side;
  const [left, width] = placed(across, originX, scale, size);
  const [top, height] = placed(down, originY, scale, size);
  const box: Box = [across.from, down.from, across.length, down.length];
  const part = await resizePicture(picture, width, height, box);
  return {
    width: size,
    height: size,
    format: 'rgb24',
    data: onBlack(part, size, left, top),
  };
}

/** The whole pixels of a stretch that lie in the picture, at least one. */
function inside(
  origin: number,
  side: number,
  limit: number,
): { readonly from: number; readonly length: number } {
  const from = Math.min(limit - 1, Math.max(0, Math.floor(origin)));
  const to = Math.min(limit, Math.max(from + 1, Math.ceil(origin + side)));
  return { from, length: to - from };
}

/** Where these pixels begin in the scaled square, and how many they are there. */
function placed(
  { from, length }: { readonly from: number; readonly length: number },
  origin: number,
  scale: number,
  size: number,
): readonly [start: number, length: number] {
  const pixels = Math.min(size, Math.max(1, Math.round(length * scale)));
  const start = Math.round((from - origin) * scale);
  return [Math.min(size - pixels, Math.max(0, start)), pixels];
}

function onBlack(
  { width, height, data }: Picture,
  side: number,
  left: number,
  top: number,
): Uint8Array {
  const square = new Uint8Array(side * side * 3);
  for (let row = 0; row < height; row++)
    square.set(
      data.subarray(row * width * 3, (row + 1) * width * 3),
      ((top + row) * side + left) * 3,
    );
  return square;
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
  const data = onBlack(small, side, left, top);
  return { picture: { width: side, height: side, format: 'rgb24', data }, scale, left, top };
}
