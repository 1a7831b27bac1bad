export { DEFAULT_CAPTION_PREFERENCE, type CaptionPreference, type Sample } from './sample.js';
export type { ExportOptions, ExportReport } from './exports/export.js';
export type { CardOptions } from './exports/card.js';
export { exportWebDataset, type WebDatasetOptions } from './exports/webdataset.js';
export {
  exportJsonl,
  readInternVidJsonl,
  type InternVidLine,
  type ReadInternVidOptions,
} from './exports/jsonl.js';
export { type InternVidRow } from './exports/internvid-row.js';
export { exportParquet, type ParquetOptions } from './exports/parquet.js';
export { samplesTable, type SampleRow } from './exports/sample-row.js';
export {
  readExportManifest,
  type ExportedFile,
  type ExportFormat,
  type ExportManifest,
} from './exports/manifest.js';
export { validateExport } from './validate.js';
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
export { interleave, type InterleaveOptions } from './interleave/interleave.js';
export { clipFileName, formatDocument, type InterleavedFormat } from './interleave/formats.js';
export {
  readDocuments,
  writeDocuments,
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
