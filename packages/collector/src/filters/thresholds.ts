/** The filters there are. Each name is what it says of the clips that it drops. */
export type FilterName =
  | 'still'
  | 'extreme-motion'
  | 'dark'
  | 'over-exposed'
  | 'blurred'
  | 'bordered'
  | 'too-much-text'
  | 'slideshow'
  | 'screen-recording'
  | 'combed'
  | 'silent'
  | 'unsafe';

/** What a filter judges by. */
export type FilterRule = {
  readonly fact: string;
  /** Whether a clip is dropped from the threshold on, or down from it. */
  readonly limit: 'atLeast' | 'atMost';
  readonly threshold: number;
};

/**
 * All filters with the thresholds that they have where nothing else is said. Where the field publishes a figure it is named; the facts
 * are measured otherwise here, so each was set on real shots that were labelled by eye.
 */
export const FILTERS: Readonly<Record<FilterName, FilterRule>> = {
  // Slides, stills and title cards reach 0.97 and more, a shivering machine before a camera on a tripod 0.33.
  still: { fact: 'freezeRatio', limit: 'atLeast', threshold: 0.95 },
  // Fastest real shots: a jumping truck that is followed 0.65, a flight through a room 0.47.
  'extreme-motion': { fact: 'motionWidthsPerSecond', limit: 'atLeast', threshold: 1 },
  // Shots labelled dark have 8 to 36, the darkest of the others 47.
  dark: { fact: 'luminance', limit: 'atMost', threshold: 40 },
  // UltraVideo drops above 12 % of burned-out pixels; the brightest real shot has 11 %, slides 60 % and more.
  'over-exposed': { fact: 'overExposedRatio', limit: 'atLeast', threshold: 0.12 },
  // At a longer side of 256 pixels the softest real shot has 26.
  blurred: { fact: 'sharpness', limit: 'atMost', threshold: 20 },
  bordered: { fact: 'borderRatio', limit: 'atLeast', threshold: 0.1 },
  // UltraVideo drops above 2 % of text; single lines of subtitles and a logo stay below 3 % here.
  'too-much-text': { fact: 'textAreaRatio', limit: 'atLeast', threshold: 0.03 },
  slideshow: { fact: 'slideshowLikelihood', limit: 'atLeast', threshold: 0.5 },
  'screen-recording': { fact: 'screenRecordingLikelihood', limit: 'atLeast', threshold: 0.5 },
  // Real progressive videos have at most 0.35 %, woven ones 0.9 to 45 %.
  combed: { fact: 'combedRatio', limit: 'atLeast', threshold: 0.006 },
  silent: { fact: 'silenceRatio', limit: 'atLeast', threshold: 0.95 },
  // With nsfwjs: harmless shots mostly stay below 0.2, hands on a guitar reach 0.63.
  unsafe: { fact: 'unsafeLikelihood', limit: 'atLeast', threshold: 0.8 },
};
