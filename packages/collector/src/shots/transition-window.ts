import type { Picture } from '@internvid/core/media';
import type { DetectorFrame } from './detector.js';
import {
  FRAME_BYTES,
  measureSteps,
  reducerBytes,
  smallFrame,
  startReducer,
  type Reducer,
  type SmallFrame,
} from './transition-small-frame.js';
import { startSums } from './transition-sums.js';

/** Time between frames that distances in frames were chosen for; at higher rates they count several frames as one. */
const USUAL_STEP_MS = 33.4;
const MAX_STRIDE = 4;
/** Distances are at most so many usual steps. */
export const REACH = 32;
/** Frames that must be known on either side of the one that is judged. */
export const MARGIN: number = REACH * MAX_STRIDE;
const SIZE = 2 * MARGIN + 2;
/** Frames on either side over which the frame rate is taken. */
const RATE_REACH = 12;

/** The frames around the one that is judged, reduced. Beyond the ends of the video its first or last frame stands. */
export interface FrameWindow {
  /** Reduces and keeps a frame; the oldest one is forgotten. */
  push(frame: DetectorFrame): void;
  /** How many frames were pushed. */
  readonly length: number;
  /** A frame by its number, at most `MARGIN` from the one that is judged. */
  at(index: number): SmallFrame;
  /** How many frames make a usual step around a frame: 1 up to 45 frames per second, 2 for 50 and 60. */
  strideAt(index: number): number;
}

/** Makes an empty window. It keeps 258 reduced frames, about 7 MB, however long the video is. */
export function frameWindow(): FrameWindow {
  let frames: readonly SmallFrame[] = [];
  let reducer: Reducer | undefined;
  let length = 0;
  const begin = (picture: Picture): Reducer => {
    const sums = startSums(SIZE * FRAME_BYTES + reducerBytes(picture));
    frames = Array.from({ length: SIZE }, () => smallFrame(sums));
    return startReducer(sums, picture);
  };
  const at = (index: number): SmallFrame => {
    const known = Math.max(0, length - SIZE, Math.min(length - 1, index));
    return frames[known % SIZE] as SmallFrame;
  };
  return {
    get length() {
      return length;
    },
    push({ timeMs, picture }) {
      reducer ??= begin(picture);
      const frame = frames[length % SIZE] as SmallFrame;
      frame.index = length;
      frame.timeMs = timeMs;
      reducer.reduce(picture, frame);
      if (length > 0) measureSteps(at(length - 1), frame);
      length++;
    },
    at,
    strideAt(index) {
      const first = at(index - RATE_REACH);
      const last = at(index + RATE_REACH);
      const steps = last.index - first.index;
      const stepMs = steps > 0 ? (last.timeMs - first.timeMs) / steps : USUAL_STEP_MS;
      return Math.max(1, Math.min(MAX_STRIDE, Math.round(USUAL_STEP_MS / Math.max(1, stepMs))));
    },
  };
}
