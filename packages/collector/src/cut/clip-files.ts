import { cell, column, type Asset, type ClipId, type Table } from '@internvid/core';

import type { CutMode } from './choose-cut.js';
import type { CutRefusal } from './plan.js';

/** A clip's file in the store, and what its proof measured. */
export type ClipFile = {
  readonly id: ClipId;
  readonly file: Asset;
  readonly mode: Exclude<CutMode, 'auto'>;
  /** Why nothing was copied, where the mode asked for it. */
  readonly fallback?: CutRefusal;
  readonly frames: number;
  readonly copiedFrames: number;
  readonly durationMs: number;
  /** Mean absolute difference to the source's frame, 0 to 255. */
  readonly firstFrameDistance: number;
  readonly lastFrameDistance: number;
  /** Absent where there is no sound, or silence. */
  readonly soundOffsetMs?: number;
};

/** The files of clips, one row for each. */
export const clipFilesTable: Table<ClipFile> = {
  name: 'clip-files',
  version: 1,
  columns: [
    column.text('clip_id', ({ id }) => id),
    column.text('file_key', ({ file }) => file.key),
    column.int64('file_bytes', ({ file }) => file.bytes),
    column.text('file_sha256', ({ file }) => file.sha256),
    column.text('mode', ({ mode }) => mode),
    column.optional(column.text('fallback', ({ fallback }) => fallback)),
    column.int32('frames', ({ frames }) => frames),
    column.int32('copied_frames', ({ copiedFrames }) => copiedFrames),
    column.int64('duration_ms', ({ durationMs }) => durationMs),
    column.double('first_frame_distance', (row) => row.firstFrameDistance),
    column.double('last_frame_distance', (row) => row.lastFrameDistance),
    column.optional(column.double('sound_offset_ms', (row) => row.soundOffsetMs)),
  ],
  fromCells: (cells) => ({
    id: cell.text(cells, 'clip_id'),
    file: {
      key: cell.text(cells, 'file_key'),
      bytes: cell.number(cells, 'file_bytes'),
      sha256: cell.text(cells, 'file_sha256'),
      mediaType: CLIP_MEDIA_TYPE,
    },
    mode: cell.text(cells, 'mode') as ClipFile['mode'],
    ...(cells.fallback === undefined
      ? {}
      : { fallback: cell.text(cells, 'fallback') as CutRefusal }),
    frames: cell.number(cells, 'frames'),
    copiedFrames: cell.number(cells, 'copied_frames'),
    durationMs: cell.number(cells, 'duration_ms'),
    firstFrameDistance: cell.number(cells, 'first_frame_distance'),
    lastFrameDistance: cell.number(cells, 'last_frame_distance'),
    ...(cells.sound_offset_ms === undefined
      ? {}
      : { soundOffsetMs: cell.number(cells, 'sound_offset_ms') }),
  }),
};

/** What every clip file is. */
export const CLIP_MEDIA_TYPE = 'video/mp4';
