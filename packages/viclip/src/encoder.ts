import type { Producer } from '@internvid/core';
import type { Picture } from '@internvid/core/media';

/** Turns texts into vectors whose dot product says how close their meanings are. */
export interface SentenceEncoder extends AsyncDisposable {
  /** Which model, weights and runtime: two encoders with equal producers give the same vectors. */
  readonly producer: Producer;
  /** Length of a vector. */
  readonly dimension: number;
  /** Primary language subtags (BCP 47) that the model was trained on; other text gives vectors without meaning. */
  readonly languages: readonly string[];
  /**
   * One vector of unit length for each text, in their order. Any number of texts; none gives none.
   *
   * @throws RangeError for a blank text. ToolkitError `model-failed` when the model breaks.
   */
  embedTexts(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}

/**
 * The pictures of one clip in order of time: `rgb24`, as decoded, of any size and all of one size. As many as the encoder's
 * `framesPerClip` (`middleFrames` chooses them), or a single one for a still image.
 */
export type ClipFrames = readonly Picture[];

/**
 * Turns clips and texts into vectors of one space: the dot product of a clip's and a text's is their cosine similarity.
 *
 * The encoder does all that its model wants done to a picture (size, crop, mean and deviation) and to a text (clean-up,
 * tokens, cutting off what is past its context); its producer names these settings.
 */
export interface VideoTextEncoder extends SentenceEncoder {
  /** Pictures of a clip, at least 1. */
  readonly framesPerClip: number;
  /** Side in pixels of the square that the model sees: larger pictures carry nothing more. */
  readonly frameSize: number;
  /** Most clips that one call of `embedClips` takes, at least 1. */
  readonly maxBatch: number;
  /**
   * One vector of unit length for each clip, in their order; none for none. The pictures are only read, and no longer than
   * the call lasts.
   *
   * @throws RangeError for more clips than `maxBatch`, another number of pictures than `framesPerClip` or 1, pictures of
   * several sizes, or one that is not `rgb24` or has too few bytes. ToolkitError `model-failed` when the model breaks.
   */
  embedClips(clips: readonly ClipFrames[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}
