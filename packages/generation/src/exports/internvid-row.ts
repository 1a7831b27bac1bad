import {
  formatTimestamp,
  parseTimestamp,
  span,
  ToolkitError,
  type Span,
  type Video,
} from '@internvid/core';

import { chosenCaption, scoresByName, type CaptionPreference, type Sample } from '../sample.js';

/** A row of the published InternVid files, with their names. */
export type InternVidRow = {
  /** Of a video from elsewhere: its id in this dataset. */
  readonly YoutubeID: string;
  /** `HH:MM:SS.mmm` */
  readonly Start_timestamp: string;
  readonly End_timestamp: string;
  readonly Caption: string;
  /** Similarity of video and caption by the UMT model. Absent where it was not computed. */
  readonly UMT_Score?: number;
  readonly Aesthetic_Score?: number;
};

/** Which score of this toolkit is which column; no other model's similarity goes by the name of UMT. */
const SCORES = { UMT_Score: 'umt-similarity', Aesthetic_Score: 'aesthetic' } as const;

const TEXTS = ['YoutubeID', 'Start_timestamp', 'End_timestamp', 'Caption'] as const;
const NUMBERS = Object.keys(SCORES) as (keyof typeof SCORES)[];

/** @throws ToolkitError `invalid-record` for a sample without a caption. */
export function internVidRow(sample: Sample, preference: CaptionPreference): InternVidRow {
  const scores = scoresByName(sample);
  const present = NUMBERS.flatMap((column) => {
    const value = scores[SCORES[column]];
    return typeof value === 'number' ? [[column, value] as const] : [];
  });
  return {
    YoutubeID: youtubeId(sample.clip.video),
    Start_timestamp: formatTimestamp(sample.clip.span.startMs),
    End_timestamp: formatTimestamp(sample.clip.span.endMs),
    Caption: chosenCaption(sample, preference).text,
    ...Object.fromEntries(present),
  };
}

/**
 * The row as a line with its newline, columns in the published order. Whole scores are written as `4.0`: readers that infer
 * types block by block would otherwise take a block of them for integers.
 */
export function formatInternVidRow(row: InternVidRow): string {
  const texts = TEXTS.map((name) => `"${name}":${JSON.stringify(row[name])}`);
  const numbers = NUMBERS.flatMap((name) => {
    const value = row[name];
    return value === undefined
      ? []
      : [`"${name}":${Number.isInteger(value) ? value.toFixed(1) : value}`];
  });
  return `{${[...texts, ...numbers].join(',')}}\n`;
}

/**
 * Reads one line, which must have the four texts, may have the two scores, and nothing else.
 *
 * @throws ToolkitError `invalid-record` that says what is wrong; `details.problem` is `bad-row` or `times-out-of-order`.
 */
export function parseInternVidRow(line: string): InternVidRow {
  const value = parseObject(line);
  for (const name of TEXTS) {
    if (typeof value[name] !== 'string' || value[name].trim() === '')
      throw badRow(`${name} must be text`);
  }
  for (const name of NUMBERS) {
    if (value[name] !== undefined && !Number.isFinite(value[name]))
      throw badRow(`${name} must be a number or absent`);
  }
  const known = new Set<string>([...TEXTS, ...NUMBERS]);
  const extra = Object.keys(value).filter((name) => !known.has(name));
  if (extra.length > 0) throw badRow(`it has other columns: ${extra.join(', ')}`);
  const row = value as InternVidRow;
  rowSpan(row);
  return row;
}

/** The span that a row speaks of. @throws ToolkitError as `parseInternVidRow`. */
export function rowSpan(row: InternVidRow): Span {
  const [startMs, endMs] = [time(row, 'Start_timestamp'), time(row, 'End_timestamp')];
  if (endMs <= startMs) {
    throw badRow(
      `it ends at ${row.End_timestamp}, before its start ${row.Start_timestamp}`,
      'times-out-of-order',
    );
  }
  return span(startMs, endMs);
}

function time(row: InternVidRow, name: 'Start_timestamp' | 'End_timestamp'): number {
  try {
    return parseTimestamp(row[name]);
  } catch {
    throw badRow(`${name} must be HH:MM:SS.mmm, got "${row[name]}"`);
  }
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw badRow('it is not JSON', 'bad-row', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRow('it is not an object');
  return value as Readonly<Record<string, unknown>>;
}

function badRow(why: string, problem = 'bad-row', cause?: unknown): ToolkitError {
  return new ToolkitError('invalid-record', `This row cannot be used: ${why}.`, {
    details: { problem },
    cause,
  });
}

/** The id in the address of a YouTube video, else the id of the video here. */
export function youtubeId({ id, uri }: Video): string {
  const match =
    /^https?:\/\/(?:(?:www|m)\.youtube\.com\/(?:watch\?(?:[^#]*&)?v=|shorts\/|embed\/)|youtu\.be\/)([\w-]{11})(?![\w-])/.exec(
      uri,
    );
  return match?.[1] ?? id;
}
