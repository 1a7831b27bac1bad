import type { Boundary, Producer } from '@internvid/core';
import { roundHalfEven } from '../round-half-even.js';
import type { ShotDetection, ShotDetector } from './detector.js';
import type { CutFrame } from './hard-cut.js';
import { checkMinShotFrames } from './shortest-shot.js';

/** Settings of the threshold detector; all defaults are PySceneDetect's. */
export type ThresholdDetectorOptions = {
  /** A whole level of mean brightness, 0 to 255, that a fade crosses. Default 12. */
  readonly threshold?: number;
  /** Fades to black are `below` the threshold, fades to white at or `above` it. Default `below`. */
  readonly faded?: 'below' | 'above';
  /** Frames from the end of one fade to the end of the next, at least; a fade that follows too soon is left out. Default 15. */
  readonly minShotFrames?: number;
  /** Frames that the picture stays away, at least; shorter ones are left out. Default 0. */
  readonly minFadedFrames?: number;
  /** Whether what stays away until the end of the video is a shot of its own. Default false. */
  readonly atEnd?: boolean;
};

/**
 * Finds fades to black, to white or to any level: the stretches in which the mean brightness lies on one side of a threshold.
 * PySceneDetect 0.7.2's ThresholdDetector, number for number; `fadeCut` gives the frame at which it cuts.
 *
 * A boundary of kind `fade` goes from the first frame beyond the threshold to the first one back; what the video begins in, or
 * ends in, is a shot of its own. A level between the two, such as
 * a grey, is found as a fade `above` or `below` a threshold beside it. The confidence is `threshold / (threshold + darkest)` with
 * the darkest mean inside (for `above`: both counted down from 255): 0.5 at the threshold, 1 for pure black or white.
 *
 * @throws RangeError for a setting out of its range.
 */
export function thresholdDetector(options: ThresholdDetectorOptions = {}): ShotDetector {
  const settings = {
    threshold: options.threshold ?? 12,
    faded: options.faded ?? 'below',
    minShotFrames: options.minShotFrames ?? 15,
    minFadedFrames: options.minFadedFrames ?? 0,
    atEnd: options.atEnd ?? false,
  };
  check(settings);
  const producer: Producer = { name: 'threshold', version: '1', config: settings };
  return { producer, start: () => startDetection(settings, producer) };
}

type Settings = Required<ThresholdDetectorOptions>;

function check({ threshold, minShotFrames, minFadedFrames }: Settings): void {
  if (!Number.isInteger(threshold) || threshold < 0 || threshold > 255)
    throw new RangeError(
      `options.threshold must be a whole level from 0 to 255, got ${threshold}.`,
    );
  if (!Number.isInteger(minFadedFrames) || minFadedFrames < 0)
    throw new RangeError(
      `options.minFadedFrames must be a whole number of frames, got ${minFadedFrames}.`,
    );
  checkMinShotFrames(minShotFrames);
}

function startDetection(settings: Settings, producer: Producer): ShotDetection {
  const scan = fadeScan(settings);
  const limit = distanceToEnd(settings, settings.threshold);
  const boundaries: Boundary[] = [];
  const add = (fade: Fade | undefined): void => {
    if (fade === undefined) return;
    const { to, extreme } = fade;
    // The fade that a video begins in is no way out of a shot: it is one, and ends where the picture comes.
    const from = fade.from.index === 0 ? to : fade.from;
    const rest = distanceToEnd(settings, extreme);
    boundaries.push({
      kind: 'fade',
      startFrame: from.index,
      endFrame: to.index,
      startMs: from.timeMs,
      endMs: to.timeMs,
      confidence: rest === 0 ? 1 : limit / (limit + rest),
      by: producer,
    });
  };
  return {
    push: ({ index, timeMs, picture }) =>
      add(scan.push(meanLevel(picture.data), { index, timeMs })),
    finish: () => {
      add(scan.finish());
      return boundaries;
    },
  };
}

/** How far a mean is from black, or from white where that is what pictures fade to. */
function distanceToEnd({ faded }: Pick<Settings, 'faded'>, level: number): number {
  return faded === 'below' ? level : 255 - level;
}

/** Mean of all pixels and their three channels, 0 to 255. */
export function meanLevel(rgb: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < rgb.length; at++) sum += rgb[at] as number;
  return sum / rgb.length;
}

/** A stretch beyond the threshold. */
export type Fade = {
  /** First frame beyond. */
  readonly from: CutFrame;
  /** First frame back; `from` again where the video ends before. */
  readonly to: CutFrame;
  /** The darkest mean inside, or the brightest. */
  readonly extreme: number;
};

/** Follows the mean level of a video frame by frame and gives each fade when it is over; also one that the video begins in. */
export function fadeScan(settings: Settings): {
  push(level: number, frame: CutFrame): Fade | undefined;
  finish(): Fade | undefined;
} {
  const { threshold, faded, minShotFrames, minFadedFrames, atEnd } = settings;
  const furthest = faded === 'below' ? Math.min : Math.max;
  let away: { readonly from: CutFrame; extreme: number } | undefined;
  let lastBack = 0;
  let frames = 0;
  return {
    push(level, frame) {
      frames = frame.index + 1;
      if (level < threshold === (faded === 'below')) {
        away = { from: away?.from ?? frame, extreme: furthest(level, away?.extreme ?? level) };
        return undefined;
      }
      if (away === undefined) return undefined;
      const fade = { ...away, to: frame };
      away = undefined;
      if (frame.index - lastBack < minShotFrames) return undefined;
      if (frame.index - fade.from.index < minFadedFrames) return undefined;
      lastBack = frame.index;
      return fade;
    },
    finish() {
      if (!atEnd || away === undefined) return undefined;
      const isLong = frames - 1 - lastBack >= minShotFrames;
      return isLong && frames - away.from.index >= minFadedFrames
        ? { ...away, to: away.from }
        : undefined;
    },
  };
}

/**
 * The one frame at which PySceneDetect puts the cut of a fade, halves to even.
 *
 * @param bias -1 for the first faded frame, 0 (default) for the middle, 1 for the first frame that is back.
 */
export function fadeCut(
  { startFrame, endFrame }: Pick<Boundary, 'startFrame' | 'endFrame'>,
  bias: number = 0,
): number {
  return startFrame + roundHalfEven(((endFrame - startFrame) * (1 + bias)) / 2);
}
