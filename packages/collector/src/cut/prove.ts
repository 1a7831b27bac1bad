import type { Timeline } from '@internvid/core/media';

import { decodeClip, distanceOf, picturesOfSource } from './compared-pictures.js';
import type { CutSource } from './cut-source.js';
import type { FrameRange } from './plan.js';
import type { CutProblem, CutProof, ProveOptions } from './proof.js';
import { proveSound } from './prove-sound.js';

/** Largest distance of an encoded frame, of 255: about twice the largest that was seen of a frame in its right place, which is 3.8. */
const MOST_DISTANCE = 8;

/** An encoded frame may look this much more like a neighbour of the right frame than like the right frame: still pictures do. */
const NEIGHBOUR_SLACK = 0.5;

/** How far rounding to whole milliseconds may move a frame. */
const ROUNDING_MS = 1;

/** Decodes a clip file and compares it with what it was cut from. */
export async function proveClip(path: string, options: ProveOptions): Promise<CutProof> {
  const { source, range, plan, frames, signal } = options;
  const timeline = await frames.timeline(path, signal);
  const clip = await decodeClip(path, options);
  const near = await picturesOfSource(options);
  const last = range.end - 1;
  const distance = (frame: number, to = frame): number =>
    distanceOf(clip.pictures.get(frame), near.get(to));
  const matches = (frame: number): boolean =>
    distance(frame) <= MOST_DISTANCE &&
    [frame - 1, frame + 1]
      .filter((other) => near.has(other))
      .every((other) => distance(frame) <= distance(frame, other) + NEIGHBOUR_SLACK);
  const expectedMs = endMs(source, range) - (source.timeline.timesMs[range.first] ?? 0);
  const durationMs = timeline.endMs - (timeline.timesMs[0] ?? 0);
  const sound = await proveSound(path, options);
  const copied = plan === undefined ? [] : [plan.copyFirst, plan.copyEnd - 1];
  const checks: readonly (readonly [CutProblem, boolean])[] = [
    ['frame-count', clip.frames === range.end - range.first],
    ['frame-times', timesMatch(source.timeline, timeline, range)],
    ['first-frame', matches(range.first)],
    ['last-frame', matches(last)],
    // The same packets in the same decoder: the same picture, to the bit.
    ['copied-frame', copied.every((frame) => distance(frame) === 0)],
    ['duration', Math.abs(durationMs - expectedMs) <= longestStep(timeline) + ROUNDING_MS],
    ['sound-missing', sound !== 'missing'],
    ['sound-offset', typeof sound !== 'object' || sound.isRight],
  ];
  return {
    problems: checks.filter(([, isRight]) => !isRight).map(([problem]) => problem),
    frames: clip.frames,
    durationMs,
    firstFrameDistance: distance(range.first),
    lastFrameDistance: distance(last),
    ...(typeof sound === 'object' ? { soundOffsetMs: sound.offsetMs } : {}),
    ...(clip.isOneShot === undefined ? {} : { isOneShot: clip.isOneShot }),
  };
}

/** How long the last frame lasts is a guess of the container where no packet follows it: it may be as wrong as a frame is long. */
function longestStep({ timesMs, endMs }: Timeline): number {
  return timesMs.reduce(
    (most, timeMs, at) => Math.max(most, (timesMs[at + 1] ?? endMs) - timeMs),
    0,
  );
}

function endMs({ timeline }: CutSource, { end }: FrameRange): number {
  return timeline.timesMs[end] ?? timeline.endMs;
}

/** Whether every frame comes when it should, counted from the first. */
function timesMatch(source: Timeline, clip: Timeline, { first, end }: FrameRange): boolean {
  if (clip.timesMs.length !== end - first) return false;
  const shift = (source.timesMs[first] ?? 0) - (clip.timesMs[0] ?? 0);
  return clip.timesMs.every(
    (timeMs, index) =>
      Math.abs(timeMs + shift - (source.timesMs[first + index] ?? NaN)) <= ROUNDING_MS,
  );
}
