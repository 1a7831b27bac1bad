export { admitVideos, type AdmitVideosOptions } from './admission.js';
export {
  clipsFromShots,
  dropShortClips,
  dropStillClips,
  type ClipsFromShotsOptions,
  type ClipWindows,
  type SpeechRules,
} from './clips.js';
export {
  applyQuotas,
  type ApplyQuotasOptions,
  type Quota,
  type QuotaField,
} from './query/apply-quotas.js';
export { cutClips, type CutClipsOptions } from './cut/cut-clips.js';
export { downloadVideos } from './download/download-videos.js';
export {
  excludeListed,
  exclusionList,
  readExclusionList,
  type ExclusionList,
  type ReadExclusionListOptions,
} from './sources/exclude-listed.js';
export { clipFilters, type FilterOverride, type FilterOverrides } from './filters/clip-filters.js';
export { factFilter, type FactFilterOptions, type MeasuredClip } from './filters/fact-filter.js';
export { clipsFromLists } from './listed-clips.js';
export { measureCombing, type MeasureCombingOptions } from './measure-combing.js';
export { measureSound, type MeasureSoundOptions } from './measure-sound.js';
export {
  measureUnsafeContent,
  type MeasureUnsafeContentOptions,
  type UnsafeContentRater,
} from './measure-unsafe-content.js';
export { stitchVideos, type StitchVideosOptions } from './shots/stitch-videos.js';
export { probeVideos, type ProbedVideo, type ProbeVideosOptions } from './probe.js';
export {
  analysedSize,
  splitIntoShots,
  type SplitIntoShotsOptions,
  type SplitVideo,
} from './split.js';
