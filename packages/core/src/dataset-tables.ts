import { ToolkitError } from './errors.js';
import { canonicalJson, type JsonObject, type JsonValue } from './json.js';
import type { MediaInfo } from './media-info.js';
import type {
  BoundaryKind,
  Caption,
  CaptionScale,
  ClipId,
  Detection,
  Embedding,
  Producer,
  SampledFrame,
  Score,
  Shot,
  Video,
  VideoId,
} from './records.js';
import type { Span } from './span.js';
import type { Cell, Cells, Column, Table } from './tables.js';

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
    text('video_id', (video) => video.id),
    text('uri', (video) => video.uri),
    optional(text('license', (video) => video.license)),
    optional(int64('duration_ms', (video) => video.info?.durationMs)),
    optional(int32('width', (video) => video.info?.video.displayWidth)),
    optional(int32('height', (video) => video.info?.video.displayHeight)),
    optional(double('frames_per_second', (video) => frameRate(video.info))),
    optional(int32('frames', (video) => video.info?.video.frames)),
    optional(text('codec', (video) => video.info?.video.codec)),
    optional(boolean('has_audio', (video) => video.info && video.info.audio.length > 0)),
    optional(json('info', (video) => video.info)),
    json('metadata', (video) => video.metadata),
  ],
  fromCells: (cells) => ({
    id: asText(cells, 'video_id'),
    uri: asText(cells, 'uri'),
    ...(cells.license === undefined ? {} : { license: asText(cells, 'license') }),
    ...(cells.info === undefined ? {} : { info: asJson(cells, 'info') as MediaInfo }),
    metadata: asJson(cells, 'metadata') as JsonObject,
  }),
};

/** Every boundary that a detector found, with the shot that begins there. */
export const shotsTable: Table<Shot> = {
  name: 'shots',
  version: 1,
  columns: [
    text('shot_id', (shot) => shot.id),
    text('video_id', (shot) => shot.video),
    int32('shot', (shot) => shot.index),
    ...spanColumns<Shot>((shot) => shot.span),
    int32('start_frame', (shot) => shot.startFrame),
    int32('end_frame', (shot) => shot.endFrame),
    text('boundary_kind', (shot) => shot.boundary.kind),
    int32('boundary_start_frame', (shot) => shot.boundary.startFrame),
    int32('boundary_end_frame', (shot) => shot.boundary.endFrame),
    int64('boundary_start_ms', (shot) => shot.boundary.startMs),
    int64('boundary_end_ms', (shot) => shot.boundary.endMs),
    double('confidence', (shot) => shot.boundary.confidence),
    ...producerColumns<Shot>((shot) => shot.boundary.by),
  ],
  fromCells: (cells) => ({
    id: asText(cells, 'shot_id'),
    video: asText(cells, 'video_id'),
    index: asNumber(cells, 'shot'),
    span: asSpan(cells),
    startFrame: asNumber(cells, 'start_frame'),
    endFrame: asNumber(cells, 'end_frame'),
    boundary: {
      kind: asText(cells, 'boundary_kind') as BoundaryKind,
      startFrame: asNumber(cells, 'boundary_start_frame'),
      endFrame: asNumber(cells, 'boundary_end_frame'),
      startMs: asNumber(cells, 'boundary_start_ms'),
      endMs: asNumber(cells, 'boundary_end_ms'),
      confidence: asNumber(cells, 'confidence'),
      by: asProducer(cells),
    },
  }),
};

/** The clips that were kept. */
export const clipsTable: Table<ClipRow> = {
  name: 'clips',
  version: 1,
  columns: [
    text('clip_id', (clip) => clip.id),
    text('video_id', (clip) => clip.video),
    ...spanColumns<ClipRow>((clip) => clip.span),
    json('facts', (clip) => clip.facts),
  ],
  fromCells: (cells) => ({
    id: asText(cells, 'clip_id'),
    video: asText(cells, 'video_id'),
    span: asSpan(cells),
    facts: asJson(cells, 'facts') as JsonObject,
  }),
};

/** The sampled frames and where their pictures lie. */
export const framesTable: Table<SampledFrame> = {
  name: 'frames',
  version: 1,
  columns: [
    text('frame_id', (frame) => frame.id),
    text('clip_id', (frame) => frame.clip),
    int64('time_ms', (frame) => frame.timeMs),
    int32('width', (frame) => frame.width),
    int32('height', (frame) => frame.height),
    text('asset', (frame) => frame.picture.key),
    int64('offset', (frame) => frame.picture.offset ?? 0),
    int64('bytes', (frame) => frame.picture.bytes),
    text('sha256', (frame) => frame.picture.sha256),
    text('media_type', (frame) => frame.picture.mediaType),
  ],
  fromCells: (cells) => ({
    id: asText(cells, 'frame_id'),
    clip: asText(cells, 'clip_id'),
    timeMs: asNumber(cells, 'time_ms'),
    width: asNumber(cells, 'width'),
    height: asNumber(cells, 'height'),
    picture: {
      key: asText(cells, 'asset'),
      offset: asNumber(cells, 'offset'),
      bytes: asNumber(cells, 'bytes'),
      sha256: asText(cells, 'sha256'),
      mediaType: asText(cells, 'media_type'),
    },
  }),
};

/** Captions at every scale, each bound to the frames that made it. */
export const captionsTable: Table<Caption> = {
  name: 'captions',
  version: 1,
  columns: [
    text('clip_id', (caption) => caption.clip),
    text('scale', (caption) => caption.scale),
    optional(int64('time_ms', (caption) => caption.timeMs)),
    text('text', (caption) => caption.text),
    text('language', (caption) => caption.language),
    text('frames_sha256', (caption) => caption.framesSha256),
    ...producerColumns<Caption>((caption) => caption.by),
  ],
  fromCells: (cells) => ({
    clip: asText(cells, 'clip_id'),
    scale: asText(cells, 'scale') as CaptionScale,
    ...(cells.time_ms === undefined ? {} : { timeMs: asNumber(cells, 'time_ms') }),
    text: asText(cells, 'text'),
    language: asText(cells, 'language'),
    framesSha256: asText(cells, 'frames_sha256'),
    by: asProducer(cells),
  }),
};

/** Objects and texts found in the sampled frames. */
export const detectionsTable: Table<Detection> = {
  name: 'detections',
  version: 1,
  columns: [
    text('clip_id', (detection) => detection.clip),
    int64('time_ms', (detection) => detection.timeMs),
    text('kind', (detection) => detection.kind),
    text('label', (detection) => detection.label),
    double('confidence', (detection) => detection.confidence),
    double('box_left', (detection) => detection.box[0]),
    double('box_top', (detection) => detection.box[1]),
    double('box_width', (detection) => detection.box[2]),
    double('box_height', (detection) => detection.box[3]),
    ...producerColumns<Detection>((detection) => detection.by),
  ],
  fromCells: (cells) => ({
    clip: asText(cells, 'clip_id'),
    timeMs: asNumber(cells, 'time_ms'),
    kind: asText(cells, 'kind') as Detection['kind'],
    label: asText(cells, 'label'),
    confidence: asNumber(cells, 'confidence'),
    box: [
      asNumber(cells, 'box_left'),
      asNumber(cells, 'box_top'),
      asNumber(cells, 'box_width'),
      asNumber(cells, 'box_height'),
    ],
    by: asProducer(cells),
  }),
};

/** Named numbers about clips. */
export const scoresTable: Table<Score> = {
  name: 'scores',
  version: 1,
  columns: [
    text('clip_id', (score) => score.clip),
    text('name', (score) => score.name),
    double('value', (score) => score.value),
    ...producerColumns<Score>((score) => score.by),
  ],
  fromCells: (cells) => ({
    clip: asText(cells, 'clip_id'),
    name: asText(cells, 'name'),
    value: asNumber(cells, 'value'),
    by: asProducer(cells),
  }),
};

/** Vectors about clips: `vector` is little-endian 32-bit floats, `dimension` of them. */
export const embeddingsTable: Table<Embedding> = {
  name: 'embeddings',
  version: 1,
  columns: [
    text('clip_id', (embedding) => embedding.clip),
    text('of', (embedding) => embedding.of),
    int32('dimension', (embedding) => embedding.vector.length),
    { name: 'vector', type: 'bytes', cell: (embedding) => littleEndian(embedding.vector) },
    ...producerColumns<Embedding>((embedding) => embedding.by),
  ],
  fromCells: (cells) => ({
    clip: asText(cells, 'clip_id'),
    of: asText(cells, 'of'),
    vector: floats(cells.vector as Uint8Array),
    by: asProducer(cells),
  }),
};

/** All that was dropped or failed, one row for each. */
export const rejectsTable: Table<RejectRow> = {
  name: 'rejects',
  version: 1,
  columns: [
    text('id', (reject) => reject.id),
    text('stage', (reject) => reject.stage),
    text('outcome', (reject) => reject.outcome),
    text('reason', (reject) => reject.reason),
    text('message', (reject) => reject.message),
    boolean('is_retryable', (reject) => reject.isRetryable),
    optional(json('record', (reject) => reject.record)),
  ],
  fromCells: (cells) => ({
    id: asText(cells, 'id'),
    stage: asText(cells, 'stage'),
    outcome: asText(cells, 'outcome') as RejectRow['outcome'],
    reason: asText(cells, 'reason'),
    message: asText(cells, 'message'),
    isRetryable: cells.is_retryable === true,
    ...(cells.record === undefined ? {} : { record: asJson(cells, 'record') as JsonObject }),
  }),
};

type CellOf<Row, Value> = (row: Row) => Value | undefined;

function text<Row>(name: string, cell: CellOf<Row, string>): Column<Row> {
  return { name, type: 'text', cell };
}
function int32<Row>(name: string, cell: CellOf<Row, number>): Column<Row> {
  return { name, type: 'int32', cell };
}
function int64<Row>(name: string, cell: CellOf<Row, number>): Column<Row> {
  return { name, type: 'int64', cell };
}
function double<Row>(name: string, cell: CellOf<Row, number>): Column<Row> {
  return { name, type: 'double', cell };
}
function boolean<Row>(name: string, cell: CellOf<Row, boolean>): Column<Row> {
  return { name, type: 'boolean', cell };
}
function json<Row>(name: string, value: CellOf<Row, JsonValue>): Column<Row> {
  const cell = (row: Row): Cell => {
    const found = value(row);
    return found === undefined ? undefined : canonicalJson(found);
  };
  return { name, type: 'json', cell };
}
function optional<Row>(column: Column<Row>): Column<Row> {
  return { ...column, isOptional: true };
}

function spanColumns<Row>(span: (row: Row) => Span): readonly Column<Row>[] {
  return [int64('start_ms', (row) => span(row).startMs), int64('end_ms', (row) => span(row).endMs)];
}

function producerColumns<Row>(by: (row: Row) => Producer): readonly Column<Row>[] {
  return [
    text('by_name', (row) => by(row).name),
    text('by_version', (row) => by(row).version),
    json('by_config', (row) => by(row).config),
  ];
}

function frameRate(info: MediaInfo | undefined): number | undefined {
  return info && info.video.frameRate.num / info.video.frameRate.den;
}

function asText(cells: Cells, name: string): string {
  const cell = cells[name];
  if (typeof cell === 'string') return cell;
  throw wrongCell(name, 'text', cell);
}

function asNumber(cells: Cells, name: string): number {
  const cell = cells[name];
  if (typeof cell === 'number') return cell;
  throw wrongCell(name, 'a number', cell);
}

function asJson(cells: Cells, name: string): JsonValue {
  try {
    return JSON.parse(asText(cells, name)) as JsonValue;
  } catch (error) {
    throw new ToolkitError('invalid-record', `The column ${name} does not hold JSON.`, {
      cause: error,
    });
  }
}

function asSpan(cells: Cells): Span {
  return { startMs: asNumber(cells, 'start_ms'), endMs: asNumber(cells, 'end_ms') };
}

function asProducer(cells: Cells): Producer {
  return {
    name: asText(cells, 'by_name'),
    version: asText(cells, 'by_version'),
    config: asJson(cells, 'by_config') as JsonObject,
  };
}

function wrongCell(name: string, wanted: string, cell: Cell): ToolkitError {
  return new ToolkitError(
    'invalid-record',
    `The column ${name} should hold ${wanted}, but holds ${typeof cell}.`,
  );
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
