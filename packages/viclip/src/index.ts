export type { ClipFrames, SentenceEncoder, VideoTextEncoder } from './encoder.js';
export { universalSentenceEncoder } from './backends/use.js';
export { httpEncoder, type HttpDescription, type HttpEncoderOptions } from './backends/http.js';
export { encoderServer, type ServeEncoderOptions } from './backends/http-server.js';
export { captionTextEncoder, type CaptionTextOptions } from './backends/caption-text.js';
export { embedCaptions, type CaptionText, type EmbedCaptionsOptions } from './stages.js';
export { embedClips, type ClipToEmbed, type EmbedClipsOptions } from './embed-clips.js';
export { scoreCaptions, type CaptionToScore, type ScoreCaptionsOptions } from './score-captions.js';
export { scoreAesthetics, type ScoreAestheticsOptions } from './score-aesthetics.js';
export { loadAestheticHead, type AestheticHead } from './aesthetic-head.js';
export { clipTokenizer, type ClipTokenizer } from './tokenizer/clip-tokenizer.js';
export { CLIP_MERGES_URL, loadClipMerges, type ClipMergesOptions } from './tokenizer/merges.js';
export { cleanText, preText } from './tokenizer/clean-text.js';
export { middleFrames, strideFrames } from './preprocess/frame-choice.js';
export { PREPROCESSINGS, preprocess, type Preprocessing } from './preprocess/preprocess.js';
export { readClipPictures, readVideoPictures } from './preprocess/clip-pictures.js';
export {
  exactIndex,
  type ExactIndex,
  type Match,
  type SearchOptions,
} from './search/exact-index.js';
export {
  openVectorIndex,
  type OpenVectorIndexOptions,
  type VectorIndex,
} from './search/vector-index.js';
export { writeVectorFile, type WriteVectorFileOptions } from './search/vector-file.js';
export type { VectorFormat } from './search/vector-format.js';
export {
  clipSearch,
  type ClipMatch,
  type ClipQuery,
  type ClipSearch,
  type ClipSearchOptions,
  type ClipSearchParts,
} from './search/clip-search.js';
export { fullTextIndex, type FullTextIndex, type TextMatch } from './search/full-text.js';
export { fuseRankings, type FusedMatch } from './search/fuse-rankings.js';
export {
  ACTION_TEMPLATES,
  actionPrompts,
  classScores,
  evaluateActions,
  type ActionResult,
} from './zero-shot.js';
export {
  evaluateRetrieval,
  type DirectionFigures,
  type RetrievalFigures,
  type RetrievalResult,
} from './retrieval.js';
export { dotProducts, type RankFigures, type ScoreMatrix } from './eval/ranking.js';
export {
  loadActionSet,
  loadCaptionSet,
  type ActionSetName,
  type LoadActionSetOptions,
} from './eval/load-sets.js';
export type { ActionSet, LabelledVideo } from './eval/action-sets.js';
export { CAPTION_SETS, type CaptionedVideo, type CaptionSetName } from './eval/caption-sets.js';
export { findVideos, type FoundVideos } from './eval/find-videos.js';
export type { EvaluationTools, FailedVideo, VideoFile } from './eval/embed-videos.js';
export { runZeroShot, type ClassFigures, type ZeroShotReport } from './eval/zero-shot-report.js';
export { runRetrieval, type RetrievalReport } from './eval/retrieval-report.js';
export { writeReport } from './eval/write-report.js';
export {
  viclipVariants,
  type TextConfig,
  type ViclipConfig,
  type ViclipVariant,
  type VisionConfig,
} from './variants.js';
export { onnxViclip, type OnnxViclipOptions } from './backends/onnx.js';
export { tfjsViclip, type TfjsViclipOptions } from './backends/tfjs.js';
export type { ViclipEncoder, ViclipOptions } from './backends/viclip-encoder.js';
export type { Provider, Runtime } from './backends/tower-messages.js';
export {
  convertCheckpoint,
  type ConversionReport,
  type ConvertOptions,
} from './weights/convert.js';
export {
  describeCheckpoint,
  type CheckpointDescription,
  type DescribedModel,
  type ModelFolderDescription,
} from './weights/describe.js';
export { fetchCheckpoint, type FetchCheckpointOptions } from './weights/fetch-checkpoint.js';
export { knownCheckpoints, type KnownCheckpoint } from './weights/known-checkpoints.js';
export { openLanceIndex, type OpenLanceIndexOptions } from './search/lance-index.js';
export { writeLanceIndex, type WriteLanceIndexOptions } from './search/write-lance-index.js';
export {
  resumedTrainer,
  viclipTrainer,
  type StepReport,
  type Trainer,
  type TrainerOptions,
} from './train/trainer.js';
export type { TrainBatch } from './train/step-inputs.js';
export type { TrainingEngine } from './train/graph-session.js';
export type { WeightsChoice } from './train/train-state.js';
export { trainViclip } from './train/run/train-viclip.js';
export type { CommonSettings, RunProgress, TrainRunOptions } from './train/run/run-options.js';
export type { TrainRunReport } from './train/run/run-report.js';
export type { Recall, Recalls } from './train/run/test-clips.js';
export { PUBLISHED_STAGES, type RunStage } from './train/run/run-plan.js';
export { smallVariants, untrainedWeights } from './train/untrained.js';
export { datasetClips, type DatasetClipsOptions } from './train/data/dataset-clips.js';
export {
  fetchShards,
  type FetchShardsOptions,
  type ShardProgress,
} from './train/data/fetch-shards.js';
export { shardClips, type ShardClipsOptions } from './train/data/shard-clips.js';
export type {
  ClipPicture,
  EncodedPicture,
  TrainingClip,
  TrainingClips,
} from './train/data/training-clip.js';
export type { GroupOf } from './train/data/validation-split.js';
export type { TrainChoices, TrainSettings } from './train/settings.js';
export type { Schedule } from './train/schedule.js';
export type { AdamW } from './train/adamw.js';
export type { DropPath } from './train/drop-path.js';
export { shapesTokenizer, shapesViclip, type ShapesViclipOptions } from './shapes/shapes-model.js';
export { openWeights, type OpenWeightsOptions } from './weights/open-weights.js';
export type { Weights } from './weights/weights.js';
export { averaged } from './weights/wise-ft.js';
export {
  writeModelFolder,
  type ModelFolder,
  type ModelFolderOptions,
} from './onnx/model-folder.js';
