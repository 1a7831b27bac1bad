import type { ClipTrack } from './clip-track.js';
import type { Part } from './run-job.js';

/** How one track of a clip is made. */
export type Recipe = {
  /** What ffmpeg has to make first. */
  readonly parts: readonly Part[];
  /** Puts the track together. Undefined where the parts do not hold what they should, or, for sound, nothing. */
  readonly finish: () => Promise<ClipTrack | undefined>;
};
