/** Width and height of the frames that the network sees, in pixels. */
export const NETWORK_WIDTH = 48;
export const NETWORK_HEIGHT = 27;
/** Frames that the network sees at once, and those in the middle whose judgement counts. */
export const WINDOW_FRAMES = 100;
export const KEPT_FRAMES = 50;
/** Frames before the first one that counts. */
export const MARGIN_FRAMES = 25;

const FRAME_BYTES = NETWORK_WIDTH * NETWORK_HEIGHT * 3;

/** Puts frames together to windows that overlap by half, in memory that does not grow. */
export interface TransnetWindows {
  /**
   * Takes the next frame.
   *
   * @returns a window that is now full, in memory of its own.
   */
  push(frame: Uint8Array): Uint8Array | undefined;
  /** The windows that are still open, filled up with the last frame. */
  finish(): readonly Uint8Array[];
}

/**
 * The rule that the authors published: the first frame is repeated 25 times before the video and the last one after it; window k
 * shows the frames from 50 k - 25 to 50 k + 74, of which 50 k to 50 k + 49 count.
 *
 * Frames are 48 x 27 in `rgb24`, so a window has 388,800 bytes.
 */
export function transnetWindows(): TransnetWindows {
  const frames = new Uint8Array(WINDOW_FRAMES * FRAME_BYTES);
  let filled = 0;
  let pushed = 0;
  let judged = 0;

  const append = (frame: Uint8Array): void => {
    frames.set(frame, filled * FRAME_BYTES);
    filled++;
  };
  const take = (): Uint8Array => {
    const window = frames.slice();
    frames.copyWithin(0, KEPT_FRAMES * FRAME_BYTES);
    filled -= KEPT_FRAMES;
    judged += KEPT_FRAMES;
    return window;
  };
  return {
    push(frame) {
      if (frame.length !== FRAME_BYTES)
        throw new RangeError(`A frame of ${FRAME_BYTES} bytes is wanted, got ${frame.length}.`);
      if (pushed === 0) for (let copy = 0; copy < MARGIN_FRAMES; copy++) append(frame);
      append(frame);
      pushed++;
      return filled === WINDOW_FRAMES ? take() : undefined;
    },
    finish() {
      const windows: Uint8Array[] = [];
      const last = frames.slice((filled - 1) * FRAME_BYTES, filled * FRAME_BYTES);
      while (judged < pushed) {
        while (filled < WINDOW_FRAMES) append(last);
        windows.push(take());
      }
      return windows;
    },
  };
}
