import {
  clipId,
  drop,
  duration,
  flatMapStage,
  mapStage,
  shotsTable,
  span,
  type ClipRow,
  type Shot,
  type Span,
  type Stage,
} from '@internvid/core';
import { factFilter, type MeasuredClip } from './filters/fact-filter.js';
import { FILTERS } from './filters/thresholds.js';
import { LENGTH_PRESETS } from './presets.js';
import { cutOutsideSpeech, type CutOutsideSpeechOptions } from './shots/speech-aware.js';
import { equalParts, type SplitVideo } from './split.js';

/** How a shot that is too long for one clip becomes several. */
export type ClipWindows =
  /** Equal parts without a gap, as few as `maxDurationMs` allows. */
  | { readonly kind: 'equal' }
  /**
   * Clips of `lengthMs` that begin every `strideMs`: with a gap or an overlap where the two differ. The last one ends with the shot, and
   * may be shorter. Shots of up to `lengthMs` stay whole.
   */
  | { readonly kind: 'stride'; readonly lengthMs: number; readonly strideMs: number };

/** How shots become clips. */
export type ClipsFromShotsOptions = {
  /** Longer shots are divided. Default 60,000. */
  readonly maxDurationMs?: number;
  /** Cut off the start of each shot, besides the transition into it. Default 0: boundaries are known to the frame. */
  readonly headTrimMs?: number;
  /** Cut off the end of each shot. Default 0. */
  readonly tailTrimMs?: number;
  /** Cut off each end as a share of the shot, 0 to 0.5, where that is more (Panda-70M: 0.1). Default 0. */
  readonly trimRatio?: number;
  /** Default: equal parts. */
  readonly windows?: ClipWindows;
  /**
   * Where a video's speech is known, clips that part a long shot between them do so where nobody speaks, see `cutOutsideSpeech`;
   * windows that overlap are left as they are. A clip may grow beyond `maxDurationMs` by twice `maxShiftMs`. Default: so, with the
   * defaults there; false leaves all cuts where they are.
   */
  readonly outsideSpeech?: SpeechRules | false;
};

/** How far a cut may be moved out of speech, and how long a silence must be for it. */
export type SpeechRules = Pick<CutOutsideSpeechOptions, 'maxShiftMs' | 'minGapMs'>;

/**
 * Makes clips of a video's shots: one of each, or several where it is long. A clip holds nothing of the transition into its shot, nor
 * of the one out of it. A shot that is all transition, or that trimming uses up, gives none. The shots themselves are written to the
 * table `shots`. Besides what was measured, a clip's facts say whether the file is `interlaced` by its header.
 */
export function clipsFromShots(options: ClipsFromShotsOptions = {}): Stage<SplitVideo, ClipRow> {
  const rules = checked(options);
  return flatMapStage({
    name: 'clips-from-shots',
    version: 3,
    config: rules,
    *flatMap(split: SplitVideo, { config, emit }): Generator<ClipRow> {
      const { video, shots, measurements } = split;
      const interlaced = video.info.video.isInterlaced;
      for (const [index, shot] of shots.entries()) {
        emit(shotsTable, shot);
        const parts = clipSpans(shot, shots[index + 1], config);
        for (const part of betweenWords(parts, video.speech, config)) {
          const facts = { ...measurements.over(part), interlaced };
          yield { id: clipId(video.id, part), video: video.id, span: part, facts };
        }
      }
    },
  });
}

type Rules = {
  readonly maxDurationMs: number;
  readonly headTrimMs: number;
  readonly tailTrimMs: number;
  readonly trimRatio: number;
  readonly windows: ClipWindows;
  readonly outsideSpeech: SpeechRules | false;
};

/** The same clips, with the cuts between them moved out of speech. The first start and the last end are the shot's own. */
function betweenWords(
  parts: readonly Span[],
  speech: readonly Span[] | undefined,
  { windows, outsideSpeech }: Rules,
): readonly Span[] {
  const first = parts[0];
  const last = parts.at(-1);
  if (first === undefined || last === undefined || speech === undefined || outsideSpeech === false)
    return parts;
  if (windows.kind === 'stride' && windows.strideMs < windows.lengthMs) return parts;
  return cutOutsideSpeech(parts, {
    ...outsideSpeech,
    shot: span(first.startMs, last.endMs),
    speech,
  });
}

/** The spans of a shot's clips, in order of time. */
export function clipSpans(shot: Shot, next: Shot | undefined, rules: Rules): readonly Span[] {
  const startMs = Math.max(shot.span.startMs, shot.boundary.endMs);
  const endMs = Math.min(shot.span.endMs, next?.boundary.startMs ?? Infinity);
  const share = Math.round((endMs - startMs) * rules.trimRatio);
  const from = startMs + Math.max(rules.headTrimMs, share);
  const until = endMs - Math.max(rules.tailTrimMs, share);
  if (until <= from) return [];
  const inner = span(from, until);
  return rules.windows.kind === 'stride'
    ? strides(inner, rules.windows, rules.maxDurationMs)
    : equalParts(inner, rules.maxDurationMs);
}

function strides(
  whole: Span,
  { lengthMs, strideMs }: Extract<ClipWindows, { kind: 'stride' }>,
  maxDurationMs: number,
): readonly Span[] {
  const length = Math.min(lengthMs, maxDurationMs);
  const found: Span[] = [];
  for (let startMs = whole.startMs; startMs < whole.endMs; startMs += strideMs) {
    found.push(span(startMs, Math.min(whole.endMs, startMs + length)));
    // What follows would lie inside this one.
    if (startMs + length >= whole.endMs) break;
  }
  return found;
}

function checked(options: ClipsFromShotsOptions): Rules {
  const { maxDurationMs, headTrimMs, tailTrimMs } = LENGTH_PRESETS.internvid;
  const rules: Rules = {
    maxDurationMs: options.maxDurationMs ?? maxDurationMs,
    headTrimMs: options.headTrimMs ?? headTrimMs,
    tailTrimMs: options.tailTrimMs ?? tailTrimMs,
    trimRatio: options.trimRatio ?? 0,
    windows: options.windows ?? { kind: 'equal' },
    outsideSpeech: options.outsideSpeech ?? {},
  };
  requireWholeMs('maxDurationMs', rules.maxDurationMs, 1);
  requireWholeMs('headTrimMs', rules.headTrimMs, 0);
  requireWholeMs('tailTrimMs', rules.tailTrimMs, 0);
  if (!(rules.trimRatio >= 0 && rules.trimRatio < 0.5)) {
    throw new RangeError(`options.trimRatio must be 0 to below 0.5, got ${rules.trimRatio}.`);
  }
  if (rules.windows.kind === 'stride') {
    requireWholeMs('windows.lengthMs', rules.windows.lengthMs, 1);
    requireWholeMs('windows.strideMs', rules.windows.strideMs, 1);
  }
  return rules;
}

function requireWholeMs(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(
      `options.${name} must be whole milliseconds of at least ${least}, got ${value}.`,
    );
  }
}

/** Drops clips shorter than `minDurationMs` (default 2000, the shortest of InternVid) as `too-short`. */
export function dropShortClips<Item extends Pick<MeasuredClip, 'id' | 'span'>>(
  options: { readonly minDurationMs?: number } = {},
): Stage<Item, Item> {
  const { minDurationMs = LENGTH_PRESETS.internvid.minDurationMs } = options;
  return mapStage({
    name: 'drop-short-clips',
    version: 1,
    config: { minDurationMs },
    map: (clip: Item, { config }) =>
      duration(clip.span) < config.minDurationMs ? drop('too-short') : clip,
  });
}

/**
 * Drops clips in which nothing moves as `still`; the same as the filter `still` of `clipFilters`.
 *
 * @param options.minFreezeRatio the share of time without a change from which a clip is still. Default 0.95.
 */
export function dropStillClips<Item extends MeasuredClip>(
  options: { readonly minFreezeRatio?: number } = {},
): Stage<Item, Item> {
  const { fact, threshold } = FILTERS.still;
  return factFilter({ reason: 'still', fact, atLeast: options.minFreezeRatio ?? threshold });
}
