export { folderSource, type FolderShardInput } from './sources/folder.js';
export { VIDEO_EXTENSIONS } from './sources/find-files.js';
export {
  admitVideos,
  analysedSize,
  applyQuotas,
  clipFilters,
  clipsFromLists,
  clipsFromShots,
  cutClips,
  downloadVideos,
  dropShortClips,
  dropStillClips,
  excludeListed,
  exclusionList,
  factFilter,
  measureCombing,
  measureSound,
  measureUnsafeContent,
  probeVideos,
  readExclusionList,
  splitIntoShots,
  stitchVideos,
  type AdmitVideosOptions,
  type ApplyQuotasOptions,
  type ClipsFromShotsOptions,
  type ClipWindows,
  type CutClipsOptions,
  type ExclusionList,
  type FactFilterOptions,
  type FilterOverride,
  type FilterOverrides,
  type MeasureCombingOptions,
  type MeasuredClip,
  type MeasureSoundOptions,
  type MeasureUnsafeContentOptions,
  type ProbedVideo,
  type ProbeVideosOptions,
  type Quota,
  type QuotaField,
  type ReadExclusionListOptions,
  type SpeechRules,
  type SplitIntoShotsOptions,
  type SplitVideo,
  type StitchVideosOptions,
  type UnsafeContentRater,
} from './stages.js';
export { FILTERS, type FilterName, type FilterRule } from './filters/thresholds.js';
export {
  FILTER_PRESETS,
  LENGTH_PRESETS,
  type FilterPreset,
  type LengthPreset,
  type LengthRules,
} from './presets.js';
export { nsfwjsRater } from './backends/nsfwjs.js';
export {
  contentDetector,
  type ContentDetectorOptions,
  type ContentWeights,
} from './shots/content.js';
export { adaptiveDetector, type AdaptiveDetectorOptions } from './shots/adaptive.js';
export { fadeCut, thresholdDetector, type ThresholdDetectorOptions } from './shots/threshold.js';
export { histogramDetector, type HistogramDetectorOptions } from './shots/histogram.js';
export { hashDetector, type HashDetectorOptions } from './shots/hash.js';
export { transnetDetector, type TransnetDetectorOptions } from './shots/transnet.js';
export type { TransnetWeights } from './shots/transnet-weights.js';
export type { TransnetHeads } from './shots/transnet-boundaries.js';
export { transitionDetector, type TransitionDetectorOptions } from './shots/transition.js';
export type { DetectorFrame, ShotDetection, ShotDetector } from './shots/detector.js';
export { stitchShots, type ShotEmbeddings, type StitchOptions } from './shots/stitch.js';
export { cutOutsideSpeech, type CutOutsideSpeechOptions } from './shots/speech-aware.js';
export { measurements, type Measurements } from './facts/measurements.js';
export type { CameraMove } from './facts/camera.js';
export {
  cutClip,
  findCutPrograms,
  type CutClip,
  type CutClipOptions,
  type CutPrograms,
} from './cut.js';
export { openCutSource, type CutSource, type OpenSourceOptions } from './cut/cut-source.js';
export type { CutMode } from './cut/choose-cut.js';
export type { CutRefusal } from './cut/plan.js';
export type { CutProblem, CutProof } from './cut/proof.js';
export { clipFilesTable, type ClipFile } from './cut/clip-files.js';
export type {
  DownloadRetryOptions,
  DownloadVideosOptions,
  YtDlpOptions,
} from './download/download-settings.js';
export type { CandidateSubtitle, VideoCandidate } from './download/candidate.js';
export type { PerHostOptions } from './download/host-gate.js';
export type { BudgetOptions } from './download/budget.js';
export type { ResolveHost } from './download/address-guard.js';
export type { DownloadProblem } from './download/problem.js';
export { countDownloadProblems, forgetDownloadProblems } from './download/retry-book.js';
export { findYtDlp, type FoundYtDlp } from './download/yt-dlp/find-yt-dlp.js';
export { addressList, isVideoFileAddress } from './sources/address-list.js';
export { urlTable, type UrlTableOptions } from './sources/url-table.js';
export type { ColumnMap, ColumnRole } from './sources/table-columns.js';
export { manifestSource, type ManifestSourceOptions } from './sources/manifest.js';
export {
  manifestReport,
  type ManifestReport,
  type ManifestReportOptions,
} from './sources/manifest-report.js';
export type { ManifestName } from './sources/manifests/manifest-format.js';
export {
  ytDlpListing,
  type ListingRequest,
  type YtDlpListingOptions,
} from './sources/yt-dlp-listing.js';
export { webDatasetSource, type WebDatasetSourceOptions } from './sources/webdataset.js';
export {
  candidatesTable,
  listedCandidates,
  type ListedCandidatesOptions,
} from './sources/candidates-table.js';
export { ACTIVITIES } from './query/activities.js';
export { readLabelList, type LabelList } from './query/action-labels.js';
export {
  buildQueries,
  type BuildQueriesOptions,
  type BuiltQueries,
} from './query/build-queries.js';
export type { Query, RefusedQuery } from './query/query.js';
export {
  pairsFromTexts,
  type NounVerbPair,
  type PairsFromTexts,
  type PairsFromTextsOptions,
  type SourceText,
} from './query/noun-verb-pairs.js';
export {
  translateQueries,
  type TranslatedQueries,
  type TranslateQueriesOptions,
} from './query/translate-queries.js';
export { queryDiversity, type QueryDiversity } from './query/query-diversity.js';
export { queryRequests, type QueryRequestsOptions } from './query/query-requests.js';
export { reasonToRefuse } from './query/safe-query.js';
