import {
  ToolkitError,
  type Asset,
  type Cell,
  type Cells,
  type ClipId,
  type Column,
  type Table,
} from '@internvid/core';

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
    column('clip_id', 'text', ({ id }) => id),
    column('file_key', 'text', ({ file }) => file.key),
    column('file_bytes', 'int64', ({ file }) => file.bytes),
    column('file_sha256', 'text', ({ file }) => file.sha256),
    column('mode', 'text', ({ mode }) => mode),
    { ...column('fallback', 'text', ({ fallback }) => fallback), isOptional: true },
    column('frames', 'int32', ({ frames }) => frames),
    column('copied_frames', 'int32', ({ copiedFrames }) => copiedFrames),
    column('duration_ms', 'int64', ({ durationMs }) => durationMs),
    column('first_frame_distance', 'double', (row) => row.firstFrameDistance),
    column('last_frame_distance', 'double', (row) => row.lastFrameDistance),
    { ...column('sound_offset_ms', 'double', (row) => row.soundOffsetMs), isOptional: true },
  ],
  fromCells: (cells) => ({
    id: text(cells, 'clip_id'),
    file: {
      key: text(cells, 'file_key'),
      bytes: number(cells, 'file_bytes'),
      sha256: text(cells, 'file_sha256'),
      mediaType: CLIP_MEDIA_TYPE,
    },
    mode: text(cells, 'mode') as ClipFile['mode'],
    ...(cells.fallback === undefined ? {} : { fallback: text(cells, 'fallback') as CutRefusal }),
    frames: number(cells, 'frames'),
    copiedFrames: number(cells, 'copied_frames'),
    durationMs: number(cells, 'duration_ms'),
    firstFrameDistance: number(cells, 'first_frame_distance'),
    lastFrameDistance: number(cells, 'last_frame_distance'),
    ...(cells.sound_offset_ms === undefined
      ? {}
      : { soundOffsetMs: number(cells, 'sound_offset_ms') }),
  }),
};

/** What every clip file is. */
export const CLIP_MEDIA_TYPE = 'video/mp4';

function column(
  name: string,
  type: Column<ClipFile>['type'],
  cell: (row: ClipFile) => Cell,
): Column<ClipFile> {
  return { name, type, cell };
}

function text(cells: Cells, name: string): string {
  const cell = cells[name];
  if (typeof cell === 'string') return cell;
  throw wrongCell(name, 'text', cell);
}

function number(cells: Cells, name: string): number {
  const cell = cells[name];
  if (typeof cell === 'number') return cell;
  throw wrongCell(name, 'a number', cell);
}

function wrongCell(name: string, wanted: string, cell: Cell): ToolkitError {
  const message = `The column ${name} of ${clipFilesTable.name} should hold ${wanted}, but holds ${typeof cell}.`;
  return new ToolkitError('invalid-record', message);
}
