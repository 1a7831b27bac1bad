import type { RawImage } from '@huggingface/transformers';
import { ToolkitError } from '@internvid/core';
import type { Transformers } from './load-transformers.js';

/**
 * Decodes a picture (JPEG, PNG, WebP) into what transformers.js takes, three channels.
 *
 * @throws ToolkitError `corrupt`.
 */
export async function hubPicture(
  { RawImage: image }: Transformers,
  picture: Uint8Array,
): Promise<RawImage> {
  try {
    return (await image.fromBlob(new Blob([new Uint8Array(picture)]))).rgb();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('corrupt', `The picture cannot be decoded: ${why}`, { cause });
  }
}
