import { canonicalJson, type Cells, type ColumnType, type Table } from '@internvid/core';

import { rowForm, type RowForm } from '../exports/row-form.js';

/** A clip of a text-to-video set as one flat row, named as in the files. */
export type TextToVideoRow = {
  readonly clip_id: string;
  readonly video_id: string;
  readonly uri: string;
  /** `unknown` where the source stated none. */
  readonly license: string;
  /** The stretch that is shown: as long as the frames take at their rate, in the middle of the clip. */
  readonly start_ms: number;
  readonly end_ms: number;
  /** `<width>x<height>-<frames>f-<fps>fps`, and its parts. */
  readonly bucket: string;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
  /** Of the video as shown. */
  readonly source_width: number;
  readonly source_height: number;
  readonly source_fps: number;
  /** The part of the picture that is scaled to `width` x `height`, in pixels of the video as shown. */
  readonly crop_left: number;
  readonly crop_top: number;
  readonly crop_width: number;
  readonly crop_height: number;
  /** The caption that was drawn, its form, what it was made from, and the measured words that were added. */
  readonly caption: string;
  readonly caption_form: string;
  readonly caption_scale: string;
  readonly caption_language: string;
  readonly caption_by: string;
  readonly frames_sha256: string;
  readonly measured_words?: string;
  /** The fact `motionWidthsPerSecond`. */
  readonly motion_score?: number;
  /** The fact `camera`. */
  readonly camera?: string;
  /** The score `aesthetic`. */
  readonly aesthetic_score?: number;
  /** `{ name: value }`, all scores as JSON. */
  readonly scores: string;
  /** Where the clip was cut: its file in the set's folder. */
  readonly file?: string;
  readonly file_bytes?: number;
  readonly file_sha256?: string;
};

const TYPES: Readonly<Record<keyof TextToVideoRow, ColumnType>> = {
  clip_id: 'text',
  video_id: 'text',
  uri: 'text',
  license: 'text',
  start_ms: 'int64',
  end_ms: 'int64',
  bucket: 'text',
  width: 'int32',
  height: 'int32',
  frames: 'int32',
  fps: 'double',
  source_width: 'int32',
  source_height: 'int32',
  source_fps: 'double',
  crop_left: 'int32',
  crop_top: 'int32',
  crop_width: 'int32',
  crop_height: 'int32',
  caption: 'text',
  caption_form: 'text',
  caption_scale: 'text',
  caption_language: 'text',
  caption_by: 'text',
  frames_sha256: 'text',
  measured_words: 'text',
  motion_score: 'double',
  camera: 'text',
  aesthetic_score: 'double',
  scores: 'json',
  file: 'text',
  file_bytes: 'int64',
  file_sha256: 'text',
};

const FORM: RowForm<TextToVideoRow> = rowForm<TextToVideoRow>(TYPES, [
  'measured_words',
  'motion_score',
  'camera',
  'aesthetic_score',
  'file',
  'file_bytes',
  'file_sha256',
]);

/** The table of a text-to-video set. */
export const textToVideoTable: Table<TextToVideoRow> = {
  name: 'text-to-video',
  version: 1,
  columns: FORM.columns,
  fromCells: (cells: Cells) => asTextToVideoRow(cells),
};

/** The row as a line of JSON without its newline: every column, what is absent as null. */
export function textToVideoLine(row: TextToVideoRow): string {
  return jsonOfColumns(FORM.names, row);
}

/**
 * The row as the `.json` part of a tar: the columns that every row has, and `conditions`, the others as JSON text, since Hugging Face `datasets`
 * refuses tars whose samples differ in the types of their fields.
 */
export function textToVideoPart(row: TextToVideoRow): string {
  const isWanted = (name: keyof TextToVideoRow): boolean =>
    !FORM.isOptional(name) || name.startsWith('file');
  const others = FORM.names.filter((name) => !isWanted(name) && row[name] !== undefined);
  const conditions = Object.fromEntries(others.map((name) => [name, row[name] ?? null]));
  const columns = jsonOfColumns(FORM.names.filter(isWanted), row);
  return `${columns.slice(0, -1)},"conditions":${JSON.stringify(canonicalJson(conditions))}}`;
}

/** Whole numbers of the type double are written as `8.0`: readers that infer types would take them for integers. */
function jsonOfColumns(names: readonly (keyof TextToVideoRow)[], row: TextToVideoRow): string {
  const cells = names.map((name) => {
    const cell = row[name] ?? null;
    const isWhole = TYPES[name] === 'double' && Number.isInteger(cell);
    return `"${name}":${isWhole ? `${String(cell)}.0` : JSON.stringify(cell)}`;
  });
  return `{${cells.join(',')}}`;
}

/**
 * A row read back.
 *
 * @throws ToolkitError `invalid-record` that names the columns which are missing or hold something else.
 */
export function asTextToVideoRow(value: unknown): TextToVideoRow {
  const found = Object.entries(typeof value === 'object' && value !== null ? value : {});
  return FORM.checked(Object.fromEntries(found.filter(([, cell]) => cell !== null)));
}
