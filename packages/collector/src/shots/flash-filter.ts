/** How cuts that come close together are treated. */
export type FlashFilterMode =
  /** Cuts closer than the shortest shot join into one, at the end of the burst. */
  | 'merge'
  /** A cut closer to the last one than the shortest shot is left out. */
  | 'suppress';

/** Settings of the filter. */
export type FlashFilterOptions = {
  readonly mode: FlashFilterMode;
  /** In frames; at 0 every frame above the threshold is a cut. */
  readonly minShotFrames: number;
};

/**
 * Takes frame after frame and whether it is above the threshold; answers with the number of the frame that is a cut, which
 * may be an earlier one, or with `undefined`.
 */
export type FlashFilter = (frame: number, isAbove: boolean) => number | undefined;

/**
 * The flash filter of PySceneDetect 0.7.2, which keeps a shortest shot length.
 *
 * Merging has consequences that are kept because the reference has them: no cut before frame `minShotFrames`, a burst
 * shorter than that yields no cut of its own, and what is still open at the end of the video is lost.
 */
export function flashFilter(options: FlashFilterOptions): FlashFilter {
  const { mode, minShotFrames } = options;
  if (minShotFrames <= 0) return (frame, isAbove) => (isAbove ? frame : undefined);
  return mode === 'suppress' ? suppress(minShotFrames) : merge(minShotFrames);
}

function suppress(minShotFrames: number): FlashFilter {
  let last = 0;
  return (frame, isAbove) => {
    if (!isAbove || frame - last < minShotFrames) return undefined;
    last = frame;
    return frame;
  };
}

function merge(minShotFrames: number): FlashFilter {
  let last = 0;
  let mayMerge = false;
  let mergeStart: number | undefined;
  return (frame, isAbove) => {
    const isQuiet = frame - last >= minShotFrames;
    if (isAbove) last = frame;
    if (mergeStart !== undefined) {
      if (isAbove || !isQuiet || last - mergeStart < minShotFrames) return undefined;
      mergeStart = undefined;
      return last;
    }
    if (!isAbove) return undefined;
    if (isQuiet) {
      mayMerge = true;
      return frame;
    }
    if (mayMerge) mergeStart = frame;
    return undefined;
  };
}
