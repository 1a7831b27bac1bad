import sharp from 'sharp';

import { ToolkitError } from '../errors.js';
import type { Size } from './fit.js';
import type { Picture } from './frame-reader.js';

/** A part of a picture, in whole pixels from its upper left corner. */
export type PictureBox = Size & { readonly left: number; readonly top: number };

/** What is made of a picture. */
export type PictureCut = {
  /** The part that is taken. */
  readonly box: PictureBox;
  /** What that part is stretched to (cubic, over all the pixels that a reduction covers). */
  readonly size: Size;
  /** Left and right exchanged. Default false. */
  readonly isMirrored?: boolean;
};

/**
 * Takes a part of a picture and brings it to a size, as `rgb24`, in a thread of its own.
 *
 * @param source a decoded `rgb24` picture, or the bytes of one that sharp reads.
 * @throws ToolkitError `corrupt` for bytes that are no whole picture or a box that does not lie in it.
 */
export async function cutPicture(source: Picture | Uint8Array, cut: PictureCut): Promise<Picture> {
  const { box, size, isMirrored = false } = cut;
  const image =
    source instanceof Uint8Array
      ? sharp(source, { failOn: 'truncated' }).flatten()
      : sharp(source.data, { raw: { width: source.width, height: source.height, channels: 3 } });
  // Shrinking while decoding is faster but shifts the picture by a fraction of a pixel.
  const resize = { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false } as const;
  try {
    const data = await image
      .extract(box)
      .resize(size.width, size.height, resize)
      .flop(isMirrored)
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    return { ...size, format: 'rgb24', data };
  } catch (cause) {
    const place = `${box.width} x ${box.height} at ${box.left}, ${box.top}`;
    const message = `No part of ${place} can be cut out of a picture: it is damaged or smaller.`;
    throw new ToolkitError('corrupt', message, { cause });
  }
}
