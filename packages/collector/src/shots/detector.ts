import type { Boundary, Producer } from '@internvid/core';
import type { Picture } from '@internvid/core/media';

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
  /** Takes the next frame. */
  push(frame: DetectorFrame): void;
  /** Ends the video and gives its boundaries in order of time, the video's own start not among them. */
  finish(): readonly Boundary[];
}

/** Finds where one shot ends and the next begins. One implementation is one file; all work on the same small frames. */
export interface ShotDetector {
  /** Name, version and all settings: two detectors with equal producers give equal boundaries for equal frames. */
  readonly producer: Producer;
  /** Begins a video; detections are independent of each other. */
  start(): ShotDetection;
}
