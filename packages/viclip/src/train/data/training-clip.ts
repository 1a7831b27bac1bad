import type { Picture } from '@internvid/core/media';

/** A picture that is still encoded (JPEG, or what else sharp reads), with its size. */
export type EncodedPicture = {
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
};

/** A picture of a clip in full size. */
export type ClipPicture = Picture | EncodedPicture;

/** A clip to learn from. */
export type TrainingClip = {
  /** Unique among the clips of a run. */
  readonly id: string;
  /** Clips of one video never stand on both sides of a validation split. */
  readonly video: string;
  /** At least one. Each epoch takes one of them. */
  readonly captions: readonly string[];
  /**
   * The pictures at places in the clip, one for each, all of one size.
   *
   * @param shares of the clip's length, ascending, from 0 to below 1.
   */
  readPictures(shares: readonly number[], signal?: AbortSignal): Promise<readonly ClipPicture[]>;
};

/** Clips to learn from. */
export type TrainingClips = {
  /** Where they are, for messages. */
  readonly location: string;
  readonly clips: readonly TrainingClip[];
};
