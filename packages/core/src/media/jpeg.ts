import sharp from 'sharp';

import { ToolkitError } from '../errors.js';
import type { Size } from './fit.js';
import type { Picture, PixelFormat } from './frame-reader.js';

/** What decoding gives: the picture's own size unless one is asked for, which stretches it (cubic). */
export type DecodeJpegOptions = { readonly size?: Size; readonly format?: PixelFormat };

/** JPEG at quality 90 with colour at half resolution. The same picture gives the same bytes with the same sharp. */
export async function encodeJpeg({ width, height, format, data }: Picture): Promise<Uint8Array> {
  const channels = format === 'rgb24' ? 3 : 1;
  const image = sharp(data, { raw: { width, height, channels } });
  return image.jpeg({ quality: 90, chromaSubsampling: '4:2:0' }).toBuffer();
}

/**
 * Decodes a picture (JPEG, or any other format that sharp reads) to `rgb24`, or to the format asked for.
 *
 * @throws ToolkitError `corrupt` for bytes that are no whole picture.
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  options: DecodeJpegOptions = {},
): Promise<Picture> {
  const { size, format = 'rgb24' } = options;
  // Shrinking while decoding is faster but shifts the picture by a fraction of a pixel.
  const resize = { fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false } as const;
  const image = sharp(bytes, { failOn: 'truncated' }).flatten();
  const sized = size === undefined ? image : image.resize(size.width, size.height, resize);
  const space = format === 'rgb24' ? 'srgb' : 'b-w';
  try {
    const { data, info } = await sized
      .toColourspace(space)
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, format, data };
  } catch (cause) {
    const message = `A picture of ${bytes.length} bytes cannot be decoded. Its file is damaged.`;
    throw new ToolkitError('corrupt', message, { cause });
  }
}
