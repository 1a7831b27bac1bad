import {
  clipId,
  drop,
  duration,
  flatMapStage,
  mapStage,
  shotsTable,
  type ClipRow,
  type Stage,
} from '@internvid/core';
import { equalParts, type SplitVideo } from './split.js';

/** What a filter of clips looks at. */
export type MeasuredClip = Pick<ClipRow, 'id' | 'span' | 'facts'>;

/** How shots become clips. */
export type ClipsFromShotsOptions = {
  /** Longer shots are divided into equal clips of at most this. Default 60,000. */
  readonly maxDurationMs?: number;
};

/**
 * Makes clips of a video's shots: one of each, or several equal ones where it is long. The shots themselves are written to the
 * table `shots`.
 */
export function clipsFromShots(options: ClipsFromShotsOptions = {}): Stage<SplitVideo, ClipRow> {
  const { maxDurationMs = 60_000 } = options;
  if (!(maxDurationMs >= 1))
    throw new RangeError(`options.maxDurationMs must be at least 1, got ${maxDurationMs}.`);
  return flatMapStage({
    name: 'clips-from-shots',
    version: 1,
    config: { maxDurationMs },
    *flatMap({ video, shots, measurements }: SplitVideo, { config, emit }): Generator<ClipRow> {
      for (const shot of shots) {
        emit(shotsTable, shot);
        for (const span of equalParts(shot.span, config.maxDurationMs)) {
          yield {
            id: clipId(video.id, span),
            video: video.id,
            span,
            facts: measurements.over(span),
          };
        }
      }
    },
  });
}

/** Drops clips shorter than `minDurationMs` (default 2000, the shortest of InternVid) as `too-short`. */
export function dropShortClips<Item extends MeasuredClip>(
  options: { readonly minDurationMs?: number } = {},
): Stage<Item, Item> {
  const { minDurationMs = 2_000 } = options;
  return mapStage({
    name: 'drop-short-clips',
    version: 1,
    config: { minDurationMs },
    map: (clip: Item, { config }) =>
      duration(clip.span) < config.minDurationMs ? drop('too-short') : clip,
  });
}

/**
 * Drops clips in which nothing moves as `still`.
 *
 * @param options.minFreezeRatio the share of frames equal to the one before from which a clip is still. Default 0.95: slides,
 * title cards and black reach 0.98 and more, a dark and slow zoom over a real scene 0.88.
 */
export function dropStillClips<Item extends MeasuredClip>(
  options: { readonly minFreezeRatio?: number } = {},
): Stage<Item, Item> {
  const { minFreezeRatio = 0.95 } = options;
  return mapStage({
    name: 'drop-still-clips',
    version: 1,
    config: { minFreezeRatio },
    map: (clip: Item, { config }) =>
      freezeRatioOf(clip) >= config.minFreezeRatio ? drop('still') : clip,
  });
}

/** A clip of a single frame has no such fact: nothing moves in it either. */
function freezeRatioOf({ facts: { freezeRatio } }: MeasuredClip): number {
  return typeof freezeRatio === 'number' ? freezeRatio : 1;
}
