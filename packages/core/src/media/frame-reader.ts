import type { MediaInfo } from '../media-info.js';
import type { Producer } from '../records.js';
import type { Span } from '../span.js';

/** Bytes of one pixel: `rgb24` three (red, green, blue), `gray8` one. */
export type PixelFormat = 'rgb24' | 'gray8';

/** One decoded picture, row-major, without padding. */
export type Picture = {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** `width * height * bytes per pixel` bytes. Belongs to the reader: see `Frame`. */
  readonly data: Uint8Array;
};

/** A size and pixel format wanted of each frame. */
export type FrameOutput = {
  /** In pixels of the picture as shown (rotated, square pixels); the picture is stretched to exactly this size. */
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  /** Default `bicubic`. `fast-bilinear` is the cheapest, `area` the right one for large reductions. */
  readonly scaler?: 'fast-bilinear' | 'bilinear' | 'bicubic' | 'area';
};

/** Which frames are wanted. */
export type FrameSelection =
  /** Every frame. */
  | { readonly kind: 'all' }
  /** The first frame in each slot of `1 / fps` seconds, counted from zero; a slot without a frame gives none. */
  | { readonly kind: 'rate'; readonly fps: number }
  /** For each time the frame on screen then: the last one at or before it. Ascending, whole milliseconds. Equal answers are given once. */
  | { readonly kind: 'times'; readonly timesMs: readonly number[] };

/** What to decode. */
export type FrameRequest = {
  readonly select: FrameSelection;
  /** Only frames inside. Default: the whole video. */
  readonly span?: Span;
  /** At least one; all come from the one decode. */
  readonly outputs: readonly FrameOutput[];
};

/** One decoded frame in all sizes asked for. */
export type Frame = {
  /** Counts the frames of this answer, from 0. With `select: all` and no span it is the frame's number in the video. */
  readonly index: number;
  /** Presentation time from the container's start, rounded down. */
  readonly timeMs: number;
  /** One for each entry of `outputs`. Valid until the next frame is asked for: copy what must last. */
  readonly pictures: readonly Picture[];
};

/** When the frames of a video are shown, without decoding them. */
export type Timeline = {
  /** Presentation times in whole milliseconds rounded down, ascending; one for each video packet. */
  readonly timesMs: Float64Array;
  /** Numbers (into `timesMs`) of the key frames, ascending. */
  readonly keyFrames: Uint32Array;
  /** End of the last frame. */
  readonly endMs: number;
};

/** Reads videos: what they are, when their frames are shown, and the frames. */
export interface FrameReader {
  /** Which decoder, its version and where it was found. */
  readonly producer: Producer;
  /**
   * @throws ToolkitError `unreadable` for what is no media file, `not-found`, `encrypted`, `timeout`; code `unreadable` with
   * `details.reason` = `no-video-track` where there is sound or a cover picture only.
   */
  probe(uri: string, signal?: AbortSignal): Promise<MediaInfo>;
  timeline(uri: string, signal?: AbortSignal): Promise<Timeline>;
  /**
   * Streams frames with back-pressure; stopping early ends the decoder.
   *
   * @throws ToolkitError `decode-failed` when nothing could be decoded. Damage after the first frame ends the stream early
   * without an error: compare the last frame's time with the timeline.
   */
  frames(uri: string, request: FrameRequest, signal?: AbortSignal): AsyncIterable<Frame>;
}
