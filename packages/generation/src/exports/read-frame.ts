import { sha256, ToolkitError, type SampledFrame, type Store } from '@internvid/core';

import { refusal, type Sample } from '../sample.js';

/**
 * Reads the JPEG of a sampled frame of a sample.
 *
 * @throws ToolkitError `invalid-record` for a picture of another kind, `corrupt` for one that is not the one that was sampled.
 */
export async function readFrame(
  sample: Sample,
  { picture }: SampledFrame,
  store: Store,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (picture.mediaType !== 'image/jpeg')
    throw refusal(sample, `its sampled frame is ${picture.mediaType}, not image/jpeg`);
  const range = { offset: picture.offset ?? 0, length: picture.bytes };
  const bytes = await store.read(picture.key, range, signal);
  if (sha256(bytes) !== picture.sha256) {
    const what = `${picture.key} does not hold the frame that was sampled of the clip ${sample.clip.id}`;
    throw new ToolkitError('corrupt', `${what}. Remove it and sample again.`);
  }
  return bytes;
}
