export { DEFAULT_CAPTION_PREFERENCE, type CaptionPreference, type Sample } from './sample.js';
export type { ExportOptions, ExportReport } from './exports/export.js';
export type { CardOptions, CardStep } from './exports/card.js';
export { statisticsPictures, type StatisticsPicture } from './statistics/pictures.js';
export {
  statisticsCounter,
  type DatasetStatistics,
  type NamedCount,
  type StatisticsCounter,
} from './statistics/statistics.js';
export type { Bin } from './statistics/histogram.js';
export { englishWords, type EnglishWords } from './statistics/english-words.js';
export { exportWebDataset, type WebDatasetOptions } from './exports/webdataset.js';
export {
  exportJsonl,
  readInternVidJsonl,
  type InternVidLine,
  type ReadInternVidOptions,
} from './exports/jsonl.js';
export { exportParquet, type ParquetOptions } from './exports/parquet.js';
export { samplesTable, type SampleRow } from './exports/sample-row.js';
export {
  readExportManifest,
  type ExportedFile,
  type ExportFormat,
  type ExportManifest,
} from './exports/manifest.js';
export { validateExport, type ValidateOptions } from './validate.js';
export { knownDataset, type KnownClip, type KnownDataset } from './known-dataset.js';
export { readGeneratedManifest, type GeneratedKind, type GeneratedManifest } from './generated.js';
export { validateGenerated } from './validate-generated.js';
export { validateSubsets, type ValidateSubsetsOptions } from './subsets/check-subsets.js';
export type { Finding, Problem } from './exports/finding.js';
export { diverseSubset, diverseWeights, type DiverseOptions } from './subsets/diverse.js';
export {
  atLeastScore,
  filteredSubset,
  topShare,
  type FilteredOptions,
  type KeptByScore,
  type ScoredClip,
} from './subsets/filtered.js';
export {
  selectClips,
  type SelectableClip,
  type Subset,
  type SubsetFunnelRow,
  type SubsetRules,
} from './subsets/select.js';
export { splitByVideo, type SplitOptions } from './subsets/split.js';
export {
  listSubsets,
  readSubset,
  saveSubset,
  subsetTable,
  type SavedSubset,
  type SubsetClip,
} from './subsets/saved.js';
export { faultsOf, type InterleavedDocument, type InterleavedItem } from './interleave/document.js';
export { interleave, interleaveSamples, type InterleaveOptions } from './interleave/interleave.js';
export {
  withMedia,
  type DocumentMediaKind,
  type DocumentMediaOptions,
  type SampledDocument,
} from './interleave/document-media.js';
export {
  readDocumentTars,
  writeDocumentTars,
  type WriteDocumentTarsOptions,
  type WrittenDocumentTars,
} from './interleave/document-tars.js';
export type { DocumentMedium, PackedDocument } from './interleave/packed-document.js';
export { clipFileName, formatDocument, type InterleavedFormat } from './interleave/formats.js';
export {
  readDocuments,
  writeDocuments,
  type DocumentCounts,
  type WriteDocumentsOptions,
  type WrittenDocuments,
} from './interleave/documents-file.js';
export {
  dialogueFaults,
  type Dialogue,
  type DialogueMedium,
  type DialogueTurn,
  type TurnEvidence,
} from './dialogue/dialogue.js';
export { type BalanceReport, type KindCount } from './dialogue/balance.js';
export {
  DIALOGUE_FORMATS,
  formatDialogue,
  type DialogueFormat,
} from './dialogue/dialogue-formats.js';
export {
  readDialogues,
  writeDialogues,
  type WriteDialoguesOptions,
  type WrittenDialogues,
} from './dialogue/dialogues-file.js';
export { measuredDialogues, type MeasuredDialogueOptions } from './dialogue/measured-dialogues.js';
export {
  modelDialogues,
  type ModelDialogueOptions,
  type RejectedTurn,
} from './dialogue/model-dialogues.js';
export { type ModelDialogueKind } from './dialogue/dialogue-prompts.js';
export { type UnsupportedReason } from './dialogue/support.js';
export { TRUSTED_LABELS, type SeenSample, type SeenVideo } from './dialogue/subject.js';
export { verifyDialogue, type VerifyDialogueOptions } from './dialogue/verify-dialogue.js';
export {
  bucketRules,
  placeClip,
  type Area,
  type Bucket,
  type BucketRules,
  type ClipShape,
  type NoBucket,
  type PlacedClip,
} from './text-to-video/buckets.js';
export type { CaptionForm, CaptionMix } from './text-to-video/caption-mix.js';
export { CAPTION_FORMS } from './text-to-video/caption-mix.js';
export type { LeftOut, TextToVideoCounts, TextToVideoRules } from './text-to-video/choose-rows.js';
export type { ClipMaker, ClipSpec } from './text-to-video/clip-maker.js';
export { readTextToVideo } from './text-to-video/read-text-to-video.js';
export { textToVideoTable, type TextToVideoRow } from './text-to-video/text-to-video-row.js';
export {
  writeTextToVideo,
  type WriteTextToVideoOptions,
  type WrittenTextToVideo,
} from './text-to-video/write-text-to-video.js';
export {
  COPY_LEVELS,
  inOrderOfKeeping,
  judgeCopies,
  type ComparedClip,
  type CopyLevel,
  type CopyPair,
  type CopyVerdict,
  type KeepRule,
} from './dedup/copies.js';
export { copiesPage, type PagePair, type PagePicture } from './dedup/copies-page.js';
export {
  findContamination,
  type Benchmark,
  type BenchmarkReport,
  type Contamination,
  type DecontaminateOptions,
} from './dedup/decontaminate.js';
export { copiesTable, overlapsTable, type CopyRow, type OverlapRow } from './dedup/dedup-tables.js';
export { contentOf, exactPairs, pictureKey } from './dedup/exact.js';
export { clipHashesTable, type ClipHash } from './dedup/perceptual/clip-hash.js';
export {
  copyFinder,
  type CopyFinder,
  type CopyFinderOptions,
  type Overlap,
} from './dedup/perceptual/copy-finder.js';
export { hashClips } from './dedup/perceptual/hash-clips.js';
export { readHashFile, writeHashFile, type WrittenHashes } from './dedup/perceptual/hash-file.js';
export { perceptualPairs, type PerceptualOptions } from './dedup/perceptual/perceptual-pairs.js';
export {
  contaminationTable,
  listBenchmarks,
  readContamination,
  readContaminationSteps,
  saveContamination,
} from './dedup/saved-contamination.js';
export {
  readCopies,
  readDedupReport,
  readOverlaps,
  saveDedup,
  type DedupReport,
  type FoundCopies,
} from './dedup/saved-dedup.js';
export {
  semanticPairs,
  type SemanticOptions,
  type SemanticResult,
} from './dedup/semantic/semantic-pairs.js';
export {
  countsAtThresholds,
  similarityChart,
  type ThresholdCount,
} from './dedup/semantic/similarity-chart.js';
export { holdVectors, type ClipVectors } from './dedup/semantic/vectors.js';
export {
  withdrawalName,
  readWithdrawals,
  withdraw,
  withdrawalsTable,
  withdrawnBy,
  type IsWithdrawn,
  type Withdrawal,
  type WithdrawnBy,
} from './withdraw/withdrawals.js';
export { readExport, type ExportedSample, type ExportPlace } from './import/read-export.js';
export { type InternVidRow } from './exports/internvid-row.js';
export {
  readDifference,
  type Change,
  type ChangeCounts,
  type Difference,
} from './versions/difference.js';
export {
  compareExports,
  writeDifference,
  type WriteDifferenceOptions,
} from './versions/write-difference.js';
export { applyDifference, type ApplyDifferenceOptions } from './versions/apply-difference.js';
