/**
 * Checks the setting that all of PySceneDetect's detectors have.
 *
 * @throws RangeError unless it is a whole number of frames, 0 or more.
 */
export function checkMinShotFrames(minShotFrames: number): void {
  if (Number.isInteger(minShotFrames) && minShotFrames >= 0) return;
  throw new RangeError(
    `options.minShotFrames must be a whole number of frames, got ${minShotFrames}.`,
  );
}
