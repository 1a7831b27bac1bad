import { ToolkitError } from '@internvid/core';
import { cutPicture, decodeJpeg } from '@internvid/core/media';

import { normalise, preprocess, PREPROCESSINGS } from '../../preprocess/preprocess.js';
import type { VisionConfig } from '../../variants.js';
import { augmentation } from './augment.js';
import type { ClipPicture, TrainingClip } from './training-clip.js';

type Sizes = Pick<VisionConfig, 'frames' | 'image'>;

/**
 * A clip as it is learnt from, `[frames, 3, image, image]`: other frames, another part and another side for each name.
 *
 * @throws what reading the clip throws; ToolkitError `decode-failed` for a clip without pictures.
 */
export async function augmentedPixels(
  clip: TrainingClip,
  { frames, image, mirrors }: Sizes & { readonly mirrors: boolean },
  name: string,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { shares, box, ...drawn } = augmentation(name, frames);
  const isMirrored = mirrors && drawn.isMirrored;
  const pictures = await picturesOf(clip, shares, signal);
  const size = { width: image, height: image };
  const cut = await Promise.all(
    pictures.map((picture) =>
      cutPicture('bytes' in picture ? picture.bytes : picture, {
        box: box(picture),
        size,
        isMirrored,
      }),
    ),
  );
  const plane = 3 * image * image;
  const pixels = new Float32Array(frames * plane);
  for (const [place, { data }] of cut.entries()) {
    normalise(data, PREPROCESSINGS.viclip, pixels.subarray(place * plane, (place + 1) * plane));
  }
  return pixels;
}

/** A clip as it is tested, `[frames, 3, image, image]`: the frames in the middles of equal stretches, whole, as the encoder sees them. */
export async function testedPixels(
  clip: TrainingClip,
  { frames, image }: Sizes,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const shares = Array.from({ length: frames }, (_, stretch) => (stretch + 0.5) / frames);
  const pictures = await picturesOf(clip, shares, signal);
  const decoded = pictures.map((one) =>
    'bytes' in one ? decodeJpeg(one.bytes) : Promise.resolve(one),
  );
  return preprocess(await Promise.all(decoded), image);
}

async function picturesOf(
  clip: TrainingClip,
  shares: readonly number[],
  signal: AbortSignal | undefined,
): Promise<readonly ClipPicture[]> {
  const pictures = await clip.readPictures(shares, signal);
  if (pictures.length === shares.length) return pictures;
  const message = `The clip ${clip.id} gave ${pictures.length} pictures where ${shares.length} were asked for.`;
  throw new ToolkitError('decode-failed', message);
}
