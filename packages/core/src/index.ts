import * as cell from './cells.js';
import * as column from './columns.js';

export { canonicalJson, type JsonObject, type JsonValue } from './json.js';
export {
  contains,
  duration,
  formatTimestamp,
  middle,
  parseTimestamp,
  span,
  type Span,
} from './span.js';
export { isAbort, ToolkitError, type ErrorCode, type ToolkitErrorOptions } from './errors.js';
export type { AudioTrack, Fraction, MediaInfo, SubtitleTrack, VideoTrack } from './media-info.js';
export type {
  Asset,
  Boundary,
  BoundaryKind,
  Caption,
  CaptionScale,
  Clip,
  ClipId,
  Detection,
  Embedding,
  Identified,
  Producer,
  SampledFrame,
  Score,
  Shot,
  Video,
  VideoId,
} from './records.js';
export type { Body, ByteRange, ObjectInfo, Store } from './store.js';
export type { Shard, Source } from './source.js';
export type { Sink, SinkTarget } from './sink.js';
export {
  batchStage,
  drop,
  Dropped,
  flatMapStage,
  mapStage,
  type BatchStageOptions,
  type FlatMapStageOptions,
  type MapContext,
  type MapStageOptions,
  type Stage,
  type StageContext,
} from './stage.js';
export {
  fieldOf,
  formatCondition,
  judge,
  parseCondition,
  type Comparison,
  type Condition,
  type Verdict,
} from './condition.js';
export { mapInOrder, type ConcurrencyOptions } from './concurrency.js';
export { retry, type RetryOptions } from './retry.js';
export { clipId, fingerprintOf, frameId, framesSha256, sha256, slug, videoId } from './ids.js';
export { fileStore } from './file-store.js';
export { from, step, type Part, type Pipeline, type Step } from './pipeline.js';
export { assetKey, tableKey, type StepKey } from './layout.js';
export {
  countRows,
  readTable,
  writeTable,
  type Cell,
  type Cells,
  type Column,
  type ColumnType,
  type Table,
  type TableWriter,
} from './tables.js';
export { cell, column };
export {
  captionsTable,
  clipsTable,
  detectionsTable,
  embeddingsTable,
  framesTable,
  rejectsTable,
  scoresTable,
  shotsTable,
  videosTable,
  type ClipRow,
  type RejectRow,
} from './dataset-tables.js';
export {
  readStepTable,
  stepsSource,
  tableSource,
  type ReadRows,
  type StepsSourceOptions,
} from './table-source.js';
export { tableSink } from './table-sink.js';
export {
  checkSums,
  listReports,
  totalsOf,
  type ShardReport,
  type StageCount,
  type StepTotals,
} from './report.js';
export { readManifest, type Manifest } from './manifest.js';
export type { RunEvent, RunListener } from './events.js';
export { runShard, type RunShardOptions } from './run-shard.js';
export { localExecutor, type Executor, type RunOptions, type RunReport } from './local-executor.js';
