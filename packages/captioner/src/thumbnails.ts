import { ToolkitError } from '@internvid/core';
import sharp from 'sharp';

const WIDTH = 64;
const HEIGHT = 36;
/** Grey levels of 255 that one cell may differ by: compression noise stays below, a line of text that appears does not. */
const TOLERANCE = 6;

/**
 * A picture as 64 x 36 grey levels, shrunk while it is decoded: fast, and exact enough to be compared with its like.
 *
 * @throws ToolkitError `corrupt`.
 */
export async function thumbnailOf(bytes: Uint8Array, name: string): Promise<Uint8Array> {
  try {
    return await sharp(bytes).greyscale().resize(WIDTH, HEIGHT, { fit: 'fill' }).raw().toBuffer();
  } catch (cause) {
    throw new ToolkitError(
      'corrupt',
      `The frame ${name} is not a picture that can be decoded: sample it again.`,
      { cause },
    );
  }
}

/** Whether no cell differs by more than noise does. */
export function isSameThumbnail(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((level, at) => Math.abs(level - (b[at] ?? 0)) <= TOLERANCE);
}
