import type { Clip, Producer, Span } from '@internvid/core';

import type { Area } from './buckets.js';

/** A clip file to make: which stretch of which video, which part of its picture, and what it must be. */
export type ClipSpec = {
  readonly clip: Clip;
  readonly span: Span;
  /** In pixels of the video as shown. */
  readonly crop: Area;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
};

/** Makes clip files to a specification. Passed in: this package decodes and encodes no video. */
export interface ClipMaker {
  /** How files are made: another producer, other files. */
  readonly producer: Producer;
  /**
   * The clip as an MP4 file, the same bytes each time.
   *
   * @throws ToolkitError for a clip that cannot be made as specified.
   */
  make(spec: ClipSpec, signal: AbortSignal | undefined): Promise<Uint8Array>;
}
