import type { FilterName } from './filters/thresholds.js';

/** Named rules about the length of clips. */
export type LengthPreset = 'internvid' | 'text-to-video';

/** How long clips are and what is cut off a shot's ends. */
export type LengthRules = {
  /** Shorter clips are dropped. */
  readonly minDurationMs: number;
  /** Longer shots become several clips. */
  readonly maxDurationMs: number;
  /** Cut off at each end of a shot, besides the transitions. */
  readonly headTrimMs: number;
  readonly tailTrimMs: number;
};

/**
 * - `internvid`: shots as they are, from 2 s on as in InternVid, since less shows no action that a sentence could tell; over 60 s, the
 *   longest clip of cosmos-curate, no single sentence holds.
 * - `text-to-video`: 2 to 15 s, the lengths that Open-Sora trains on, and half a second off each end as in cosmos-curate: a generator
 *   learns the rest of a transition that a detector missed, a captioner does not.
 */
export const LENGTH_PRESETS: Readonly<Record<LengthPreset, LengthRules>> = {
  internvid: { minDurationMs: 2_000, maxDurationMs: 60_000, headTrimMs: 0, tailTrimMs: 0 },
  'text-to-video': {
    minDurationMs: 2_000,
    maxDurationMs: 15_000,
    headTrimMs: 500,
    tailTrimMs: 500,
  },
};

/** Named sets of filters. */
export type FilterPreset = 'internvid' | 'strict' | 'none';

/**
 * The filters of each preset and their thresholds.
 *
 * - `internvid`: what the paper drops, still clips and extreme motion; its measures and thresholds are not published.
 * - `strict`: only moving, well exposed, sharp camera pictures that fill the frame, as video generators are trained on. Sound is not
 *   judged.
 * - `none`: nothing is dropped.
 */
export const FILTER_PRESETS: Readonly<
  Record<FilterPreset, { readonly [Name in FilterName]?: number }>
> = {
  internvid: { still: 0.95, 'extreme-motion': 1 },
  strict: {
    // FineVideo calls a video static from 40 % of frozen time on.
    still: 0.4,
    'extreme-motion': 0.6,
    dark: 40,
    'over-exposed': 0.12,
    blurred: 20,
    bordered: 0.1,
    'too-much-text': 0.03,
    slideshow: 0.5,
    'screen-recording': 0.5,
    combed: 0.006,
    unsafe: 0.8,
  },
  none: {},
};
