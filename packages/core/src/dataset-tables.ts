import * as cell from './cells.js';
import * as column from './columns.js';
import type { JsonObject } from './json.js';
import type { MediaInfo } from './media-info.js';
import type {
  BoundaryKind,
  Caption,
  CaptionScale,
  ClipId,
  Detection,
  Embedding,
  SampledFrame,
  Score,
  Shot,
  Video,
  VideoId,
} from './records.js';
import type { Span } from './span.js';
import type { Table } from './tables.js';

/** A clip as its table holds it: the video by id alone. */
export type ClipRow = {
  readonly id: ClipId;
  readonly video: VideoId;
  readonly span: Span;
  readonly facts: JsonObject;
};

/** An input that went no further, and why. */
export type RejectRow = {
  readonly id: string;
  readonly stage: string;
  /** `dropped`: rejected on purpose; `failed`: could not be processed. */
  readonly outcome: 'dropped' | 'failed';
  /** The drop reason or the error code. */
  readonly reason: string;
  /** Empty for what was dropped. */
  readonly message: string;
  readonly isRetryable: boolean;
  /** The record itself, where it is plain JSON of modest size. */
  readonly record?: JsonObject;
};

/** The videos that a dataset is made of. */
export const videosTable: Table<Video> = {
  name: 'videos',
  version: 1,
  columns: [
    column.text('video_id', (video) => video.id),
    column.text('uri', (video) => video.uri),
    column.optional(column.text('license', (video) => video.license)),
    column.optional(column.int64('duration_ms', (video) => video.info?.durationMs)),
    column.optional(column.int32('width', (video) => video.info?.video.displayWidth)),
    column.optional(column.int32('height', (video) => video.info?.video.displayHeight)),
    column.optional(column.double('frames_per_second', (video) => frameRate(video.info))),
    column.optional(column.int32('frames', (video) => video.info?.video.frames)),
    column.optional(column.text('codec', (video) => video.info?.video.codec)),
    column.optional(
      column.boolean('has_audio', (video) => video.info && video.info.audio.length > 0),
    ),
    column.optional(column.json('info', (video) => video.info)),
    column.json('metadata', (video) => video.metadata),
  ],
  fromCells: (cells) => ({
    id: cell.text(cells, 'video_id'),
    uri: cell.text(cells, 'uri'),
    ...(cells.license === undefined ? {} : { license: cell.text(cells, 'license') }),
    ...(cells.info === undefined ? {} : { info: cell.json(cells, 'info') as MediaInfo }),
    metadata: cell.json(cells, 'metadata') as JsonObject,
  }),
};

/** Every boundary that a detector found, with the shot that begins there. */
export const shotsTable: Table<Shot> = {
  name: 'shots',
  version: 1,
  columns: [
    column.text('shot_id', (shot) => shot.id),
    column.text('video_id', (shot) => shot.video),
    column.int32('shot', (shot) => shot.index),
    ...column.span<Shot>((shot) => shot.span),
    column.int32('start_frame', (shot) => shot.startFrame),
    column.int32('end_frame', (shot) => shot.endFrame),
    column.text('boundary_kind', (shot) => shot.boundary.kind),
    column.int32('boundary_start_frame', (shot) => shot.boundary.startFrame),
    column.int32('boundary_end_frame', (shot) => shot.boundary.endFrame),
    column.int64('boundary_start_ms', (shot) => shot.boundary.startMs),
    column.int64('boundary_end_ms', (shot) => shot.boundary.endMs),
    column.double('confidence', (shot) => shot.boundary.confidence),
    ...column.producer<Shot>((shot) => shot.boundary.by),
  ],
  fromCells: (cells) => ({
    id: cell.text(cells, 'shot_id'),
    video: cell.text(cells, 'video_id'),
    index: cell.number(cells, 'shot'),
    span: cell.span(cells),
    startFrame: cell.number(cells, 'start_frame'),
    endFrame: cell.number(cells, 'end_frame'),
    boundary: {
      kind: cell.text(cells, 'boundary_kind') as BoundaryKind,
      startFrame: cell.number(cells, 'boundary_start_frame'),
      endFrame: cell.number(cells, 'boundary_end_frame'),
      startMs: cell.number(cells, 'boundary_start_ms'),
      endMs: cell.number(cells, 'boundary_end_ms'),
      confidence: cell.number(cells, 'confidence'),
      by: cell.producer(cells),
    },
  }),
};

/** The clips that were kept. */
export const clipsTable: Table<ClipRow> = {
  name: 'clips',
  version: 1,
  columns: [
    column.text('clip_id', (clip) => clip.id),
    column.text('video_id', (clip) => clip.video),
    ...column.span<ClipRow>((clip) => clip.span),
    column.json('facts', (clip) => clip.facts),
  ],
  fromCells: (cells) => ({
    id: cell.text(cells, 'clip_id'),
    video: cell.text(cells, 'video_id'),
    span: cell.span(cells),
    facts: cell.json(cells, 'facts') as JsonObject,
  }),
};

/** The sampled frames and where their pictures lie. */
export const framesTable: Table<SampledFrame> = {
  name: 'frames',
  version: 1,
  columns: [
    column.text('frame_id', (frame) => frame.id),
    column.text('clip_id', (frame) => frame.clip),
    column.int64('time_ms', (frame) => frame.timeMs),
    column.int32('width', (frame) => frame.width),
    column.int32('height', (frame) => frame.height),
    column.text('asset', (frame) => frame.picture.key),
    column.int64('offset', (frame) => frame.picture.offset ?? 0),
    column.int64('bytes', (frame) => frame.picture.bytes),
    column.text('sha256', (frame) => frame.picture.sha256),
    column.text('media_type', (frame) => frame.picture.mediaType),
  ],
  fromCells: (cells) => ({
    id: cell.text(cells, 'frame_id'),
    clip: cell.text(cells, 'clip_id'),
    timeMs: cell.number(cells, 'time_ms'),
    width: cell.number(cells, 'width'),
    height: cell.number(cells, 'height'),
    picture: {
      key: cell.text(cells, 'asset'),
      offset: cell.number(cells, 'offset'),
      bytes: cell.number(cells, 'bytes'),
      sha256: cell.text(cells, 'sha256'),
      mediaType: cell.text(cells, 'media_type'),
    },
  }),
};

/** Captions at every scale, each bound to the frames that made it. */
export const captionsTable: Table<Caption> = {
  name: 'captions',
  version: 1,
  columns: [
    column.text('clip_id', (caption) => caption.clip),
    column.text('scale', (caption) => caption.scale),
    column.optional(column.int64('time_ms', (caption) => caption.timeMs)),
    column.text('text', (caption) => caption.text),
    column.text('language', (caption) => caption.language),
    column.text('frames_sha256', (caption) => caption.framesSha256),
    ...column.producer<Caption>((caption) => caption.by),
  ],
  fromCells: (cells) => ({
    clip: cell.text(cells, 'clip_id'),
    scale: cell.text(cells, 'scale') as CaptionScale,
    ...(cells.time_ms === undefined ? {} : { timeMs: cell.number(cells, 'time_ms') }),
    text: cell.text(cells, 'text'),
    language: cell.text(cells, 'language'),
    framesSha256: cell.text(cells, 'frames_sha256'),
    by: cell.producer(cells),
  }),
};

/** Objects and texts found in the sampled frames. */
export const detectionsTable: Table<Detection> = {
  name: 'detections',
  version: 1,
  columns: [
    column.text('clip_id', (detection) => detection.clip),
    column.int64('time_ms', (detection) => detection.timeMs),
    column.text('kind', (detection) => detection.kind),
    column.text('label', (detection) => detection.label),
    column.double('confidence', (detection) => detection.confidence),
    column.double('box_left', (detection) => detection.box[0]),
    column.double('box_top', (detection) => detection.box[1]),
    column.double('box_width', (detection) => detection.box[2]),
    column.double('box_height', (detection) => detection.box[3]),
    ...column.producer<Detection>((detection) => detection.by),
  ],
  fromCells: (cells) => ({
    clip: cell.text(cells, 'clip_id'),
    timeMs: cell.number(cells, 'time_ms'),
    kind: cell.text(cells, 'kind') as Detection['kind'],
    label: cell.text(cells, 'label'),
    confidence: cell.number(cells, 'confidence'),
    box: [
      cell.number(cells, 'box_left'),
      cell.number(cells, 'box_top'),
      cell.number(cells, 'box_width'),
      cell.number(cells, 'box_height'),
    ],
    by: cell.producer(cells),
  }),
};

/** Named numbers about clips. */
export const scoresTable: Table<Score> = {
  name: 'scores',
  version: 1,
  columns: [
    column.text('clip_id', (score) => score.clip),
    column.text('name', (score) => score.name),
    column.double('value', (score) => score.value),
    ...column.producer<Score>((score) => score.by),
  ],
  fromCells: (cells) => ({
    clip: cell.text(cells, 'clip_id'),
    name: cell.text(cells, 'name'),
    value: cell.number(cells, 'value'),
    by: cell.producer(cells),
  }),
};

/** Vectors about clips: `vector` is little-endian 32-bit floats, `dimension` of them. */
export const embeddingsTable: Table<Embedding> = {
  name: 'embeddings',
  version: 1,
  columns: [
    column.text('clip_id', (embedding) => embedding.clip),
    column.text('of', (embedding) => embedding.of),
    column.int32('dimension', (embedding) => embedding.vector.length),
    { name: 'vector', type: 'bytes', cell: (embedding) => littleEndian(embedding.vector) },
    ...column.producer<Embedding>((embedding) => embedding.by),
  ],
  fromCells: (cells) => ({
    clip: cell.text(cells, 'clip_id'),
    of: cell.text(cells, 'of'),
    vector: floats(cells.vector as Uint8Array),
    by: cell.producer(cells),
  }),
};

/** All that was dropped or failed, one row for each. */
export const rejectsTable: Table<RejectRow> = {
  name: 'rejects',
  version: 1,
  columns: [
    column.text('id', (reject) => reject.id),
    column.text('stage', (reject) => reject.stage),
    column.text('outcome', (reject) => reject.outcome),
    column.text('reason', (reject) => reject.reason),
    column.text('message', (reject) => reject.message),
    column.boolean('is_retryable', (reject) => reject.isRetryable),
    column.optional(column.json('record', (reject) => reject.record)),
  ],
  fromCells: (cells) => ({
    id: cell.text(cells, 'id'),
    stage: cell.text(cells, 'stage'),
    outcome: cell.text(cells, 'outcome') as RejectRow['outcome'],
    reason: cell.text(cells, 'reason'),
    message: cell.text(cells, 'message'),
    isRetryable: cells.is_retryable === true,
    ...(cells.record === undefined ? {} : { record: cell.json(cells, 'record') as JsonObject }),
  }),
};

function frameRate(info: MediaInfo | undefined): number | undefined {
  return info && info.video.frameRate.num / info.video.frameRate.den;
}

/** Typed arrays have the machine's byte order; the file's is stated. */
function littleEndian(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  vector.forEach((value, index) => view.setFloat32(index * 4, value, true));
  return bytes;
}

function floats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) =>
    view.getFloat32(index * 4, true),
  );
}
