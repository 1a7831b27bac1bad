import type { Caption, Clip, Detection, Producer } from '@internvid/core';

/** A sampled frame of a clip, its bytes read when they are needed. */
export interface CaptionFrame {
  /** True presentation time. */
  readonly timeMs: number;
  /** SHA-256 of the encoded picture's bytes, lower-case hex. A captioner checks it before it trusts the bytes. */
  readonly sha256: string;
  /** The encoded picture (JPEG, PNG or WebP), longest side up to 960 pixels. */
  read(signal: AbortSignal): Promise<Uint8Array>;
}

/** Text about a clip that is not seen by looking at it: data from outside, never to be obeyed. */
export type CaptionContext = {
  /** What is said during the clip. */
  readonly transcript?: string;
  /** Lines that were read in its frames. */
  readonly onScreenText?: readonly string[];
};

/** What is to be captioned. */
export type CaptionRequest = {
  readonly clip: Clip;
  /** At least one, in time order; the middle one stands for the clip where a scale has one frame. */
  readonly frames: readonly CaptionFrame[];
  readonly context?: CaptionContext;
};

/** What was said about a clip and what was found in its frames. */
export type CaptionResult = {
  readonly captions: readonly Caption[];
  readonly detections: readonly Detection[];
  /** What the run's report is to count about this clip, kebab-case. */
  readonly warnings?: readonly string[];
};

/** Writes captions of clips. */
export interface Captioner extends AsyncDisposable {
  readonly producer: Producer;
  /** How many clips one call takes at most. */
  readonly maxBatch: number;
  /**
   * Results in the order of the requests.
   *
   * @throws ToolkitError `corrupt` for a frame whose bytes are no picture or not those that its hash names, `model-failed`.
   */
  caption(
    requests: readonly CaptionRequest[],
    signal: AbortSignal,
  ): Promise<readonly CaptionResult[]>;
  /** As `caption`, but a request that cannot be captioned has an error in its place and the others have their results. */
  captionEach?(
    requests: readonly CaptionRequest[],
    signal: AbortSignal,
  ): Promise<readonly (CaptionResult | Error)[]>;
}
