import {
  canonicalJson,
  duration,
  type Cells,
  type JsonObject,
  type JsonValue,
  type Table,
} from '@internvid/core';

import {
  captionAt,
  chosenCaption,
  refusal,
  scoresByName,
  type CaptionPreference,
  type Sample,
} from '../sample.js';
import { rowForm, type RowForm } from './row-form.js';

/**
 * A sample as one flat row, named as in the files. Values that vary in shape from row to row (`captions`,
 * `frame_captions`, `scores`, `facts`, `metadata`) are JSON as text, so that every reader infers one type for a column.
 */
export type SampleRow = {
  readonly clip_id: string;
  readonly video_id: string;
  readonly uri: string;
  /** `unknown` where the source stated none. */
  readonly license: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly duration_ms: number;
  /** Size of the video as shown, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The caption that was chosen, its scale and BCP 47 language, who made it, and the frames that it was made from. */
  readonly caption: string;
  readonly caption_scale: string;
  readonly caption_language: string;
  readonly caption_by: string;
  readonly frames_sha256: string;
  readonly caption_coarse?: string;
  readonly caption_fine?: string;
  /** `[{ scale, text, language, by }]`, all but those of single frames. */
  readonly captions: string;
  /** `[{ time_ms, text }]` */
  readonly frame_captions: string;
  /** `{ name: value }` */
  readonly scores: string;
  readonly facts: string;
  readonly metadata: string;
};

const FORM: RowForm<SampleRow> = rowForm<SampleRow>(
  {
    clip_id: 'text',
    video_id: 'text',
    uri: 'text',
    license: 'text',
    start_ms: 'int64',
    end_ms: 'int64',
    duration_ms: 'int64',
    width: 'int32',
    height: 'int32',
    caption: 'text',
    caption_scale: 'text',
    caption_language: 'text',
    caption_by: 'text',
    frames_sha256: 'text',
    caption_coarse: 'text',
    caption_fine: 'text',
    captions: 'json',
    frame_captions: 'json',
    scores: 'json',
    facts: 'json',
    metadata: 'json',
  },
  ['caption_coarse', 'caption_fine'],
);

/** The columns of a Parquet export. */
export const samplesTable: Table<SampleRow> = {
  name: 'samples',
  version: 1,
  columns: FORM.columns,
  fromCells: (cells: Cells) => asSampleRow(cells),
};

/**
 * Makes rows of samples. The clips of a video share its metadata, which is written as JSON once for each video that comes. A row throws
 * ToolkitError `invalid-record` for a sample without a caption, or of a video that was never probed.
 */
export function sampleRows(): (sample: Sample, preference: CaptionPreference) => SampleRow {
  const written = new WeakMap<JsonObject, string>();
  return (sample, preference) => {
    const { metadata } = sample.clip.video;
    const text = written.get(metadata) ?? canonicalJson(metadata);
    written.set(metadata, text);
    return sampleRow(sample, preference, text);
  };
}

function sampleRow(sample: Sample, preference: CaptionPreference, metadata: string): SampleRow {
  const { clip } = sample;
  const caption = chosenCaption(sample, preference);
  const info = clip.video.info;
  if (info === undefined) throw refusal(sample, 'its video was never probed');
  const coarse = captionAt(sample, 'coarse')?.text;
  const fine = captionAt(sample, 'fine')?.text;
  return {
    clip_id: clip.id,
    video_id: clip.video.id,
    uri: clip.video.uri,
    license: clip.video.license ?? 'unknown',
    start_ms: clip.span.startMs,
    end_ms: clip.span.endMs,
    duration_ms: duration(clip.span),
    width: info.video.displayWidth,
    height: info.video.displayHeight,
    caption: caption.text,
    caption_scale: caption.scale,
    caption_language: caption.language,
    caption_by: `${caption.by.name}@${caption.by.version}`,
    frames_sha256: caption.framesSha256,
    ...(coarse === undefined ? {} : { caption_coarse: coarse }),
    ...(fine === undefined ? {} : { caption_fine: fine }),
    captions: JSON.stringify(clipCaptions(sample)),
    frame_captions: JSON.stringify(frameCaptions(sample)),
    scores: canonicalJson(scoresByName(sample)),
    facts: canonicalJson(clip.facts),
    metadata,
  };
}

/** The row as the `.json` part of a WebDataset sample: the columns that every row has. */
export function requiredColumns(row: SampleRow): Record<string, JsonValue> {
  const names = FORM.names.filter((name) => !FORM.isOptional(name));
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** A row of the columns that every row has, with those that follow from them: the captions of single scales. */
export function withScaleCaptions(row: SampleRow): SampleRow {
  const captions = JSON.parse(row.captions) as readonly { scale?: unknown; text?: unknown }[];
  const at = (scale: string): string | undefined => {
    const text = captions.find((caption) => caption.scale === scale)?.text;
    return typeof text === 'string' ? text : undefined;
  };
  const [coarse, fine] = [at('coarse'), at('fine')];
  return {
    ...row,
    ...(coarse === undefined ? {} : { caption_coarse: coarse }),
    ...(fine === undefined ? {} : { caption_fine: fine }),
  };
}

/**
 * A row read back.
 *
 * @throws ToolkitError `invalid-record` that names the columns which are missing or hold something else.
 */
export function asSampleRow(value: unknown): SampleRow {
  return FORM.checked(
    (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>,
  );
}

/** Keys in the order of canonical JSON: these texts are made for every clip, and sorting keys would be most of the work. */
function clipCaptions({ captions }: Sample): readonly JsonValue[] {
  return captions
    .filter(({ scale }) => scale !== 'frame')
    .map(({ scale, text, language, by }) => ({
      by: `${by.name}@${by.version}`,
      language,
      scale,
      text,
    }));
}

function frameCaptions({ captions }: Sample): readonly JsonValue[] {
  return captions
    .filter(({ scale }) => scale === 'frame')
    .map(({ timeMs, text }) => ({ text, ...(timeMs === undefined ? {} : { time_ms: timeMs }) }));
}
