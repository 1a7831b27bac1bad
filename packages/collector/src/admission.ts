import { drop, mapStage, type Stage } from '@internvid/core';
import type { ProbedVideo } from './probe.js';

/** Which videos are let in. A rule that is not given lets everything in. */
export type AdmitVideosOptions = {
  /** Shorter videos are dropped as `too-short`. */
  readonly minDurationMs?: number;
  /** Longer videos are dropped as `too-long`. InternVid took videos of 10 s to 30 min. */
  readonly maxDurationMs?: number;
  /** Videos whose shorter side, as shown, has fewer pixels are dropped as `too-small`. InternVid took 360 and more. */
  readonly minShortSide?: number;
};

/** Drops videos by what their file says, before anything is decoded. */
export function admitVideos(options: AdmitVideosOptions = {}): Stage<ProbedVideo, ProbedVideo> {
  const { minDurationMs = 0, maxDurationMs = null, minShortSide = 0 } = options;
  if (maxDurationMs !== null && maxDurationMs < minDurationMs) {
    throw new RangeError(
      `options.maxDurationMs must be at least minDurationMs, got ${maxDurationMs}.`,
    );
  }
  return mapStage({
    name: 'admit-videos',
    version: 1,
    config: { minDurationMs, maxDurationMs, minShortSide },
    map(video: ProbedVideo, { config }) {
      const { durationMs, video: track } = video.info;
      if (durationMs < config.minDurationMs) return drop('too-short');
      if (config.maxDurationMs !== null && durationMs > config.maxDurationMs)
        return drop('too-long');
      if (Math.min(track.displayWidth, track.displayHeight) < config.minShortSide)
        return drop('too-small');
      return video;
    },
  });
}
