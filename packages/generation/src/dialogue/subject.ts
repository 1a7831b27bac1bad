import type { Clip, Detection, SampledFrame, Shot, Video } from '@internvid/core';
import type { Sample } from '../sample.js';
import type { DialogueMedium } from './dialogue.js';

/** A sample with what was found in its frames. */
export type SeenSample = Sample & {
  /** Absent: nothing is known of what its frames show. */
  readonly detections?: readonly Detection[];
  /** What is said in it. */
  readonly transcript?: string;
};

/** A video with its kept clips in order of time. */
export type SeenVideo = {
  readonly video: Video;
  readonly clips: readonly SeenSample[];
  /** All of its shots, those without a clip too; absent: nothing is asked about their number. */
  readonly shots?: readonly Shot[];
};

/** What a question is about: one clip, two clips of a video, or a whole video. */
export type Subject = {
  readonly of: 'clip' | 'pair' | 'video';
  readonly video: Video;
  readonly clips: readonly SeenSample[];
  readonly shots: readonly Shot[];
  /** Classes of objects that the detector is trusted with. */
  readonly labels: ReadonlySet<string>;
};

/**
 * Classes of the embedded detector that questions are asked about. Of the others it takes a drawn disc for a frisbee at 0.72, as sure as it
 * is of most real things.
 */
export const TRUSTED_LABELS: ReadonlySet<string> = new Set(['person', 'car']);

/** The clips, the pairs of neighbouring clips, and the whole of a video. */
export function subjectsOf(
  { video, clips, shots = [] }: SeenVideo,
  labels: ReadonlySet<string>,
): readonly Subject[] {
  const each = clips.map((clip): Subject => ({ of: 'clip', video, clips: [clip], shots, labels }));
  const pairs = clips.slice(1).flatMap((clip, at): readonly Subject[] => {
    const before = clips[at];
    return before === undefined
      ? []
      : [{ of: 'pair', video, clips: [before, clip], shots, labels }];
  });
  const whole: Subject = { of: 'video', video, clips, shots, labels };
  return [...each, ...pairs, ...((video.info?.durationMs ?? 0) > 0 ? [whole] : [])];
}

/** The films of a subject in the order in which they are shown. */
export function mediaOf({ of, video, clips }: Subject): readonly DialogueMedium[] {
  if (of === 'video') return [videoMedium(video)];
  return clips.map(({ clip }) => clipMedium(clip));
}

/** A clip as a film to look at. */
export function clipMedium({ id, video, span }: Clip): DialogueMedium {
  return { file: `${id}.mp4`, video: video.id, clip: id, ...span };
}

/** A whole video as a film to look at. */
export function videoMedium({ id, uri, info }: Video): DialogueMedium {
  const file = /[^/\\]+$/.exec(uri.replace(/[?#].*$/, ''))?.[0] ?? id;
  return { file, video: id, startMs: 0, endMs: info?.durationMs ?? 0 };
}

/** A fact that is a number. */
export function numberFact({ clip }: SeenSample, name: string): number | undefined {
  const value = clip.facts[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What was found of one kind in each sampled frame, in order of time; nothing where nobody looked. */
export function byFrame(
  { frames, detections }: SeenSample,
  kind: Detection['kind'],
): readonly { readonly frame: SampledFrame; readonly found: readonly Detection[] }[] {
  if (detections === undefined) return [];
  return frames.map((frame) => ({
    frame,
    found: detections.filter((each) => each.kind === kind && each.timeMs === frame.timeMs),
  }));
}
