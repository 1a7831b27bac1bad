import type { Boundary, Producer } from '@internvid/core';
import type { FrameOutput, Picture } from '@internvid/core/media';

/** One frame as a shot detector sees it. */
export type DetectorFrame = {
  /** Number of the frame in the video, from 0, without gaps. */
  readonly index: number;
  /** Presentation time in whole milliseconds. */
  readonly timeMs: number;
  /** In `rgb24`, the same size for all frames of a video. Read during `push` only: the buffer may be reused after it. */
  readonly picture: Picture;
};

/** The state of looking at one video. */
export interface ShotDetection {
  /** Takes the next frame. A promise says how long to wait before the one after it, so that frames do not pile up. */
  push(frame: DetectorFrame): Promise<void> | void;
  /** Ends the video and gives its boundaries in order of time, the video's own start not among them. */
  finish(): Promise<readonly Boundary[]> | readonly Boundary[];
}

/** Finds where one shot ends and the next begins. One implementation is one file; most work on the same small frames. */
export interface ShotDetector {
  /** Name, version and all settings: two detectors with equal producers give equal boundaries for equal frames. */
  readonly producer: Producer;
  /** The frames that `push` wants, where they are others than those of `analysedSize`. */
  readonly output?: FrameOutput;
  /**
   * Begins a video; detections are independent of each other.
   *
   * @param signal ends what the detection waits for.
   */
  start(signal?: AbortSignal): ShotDetection;
}
