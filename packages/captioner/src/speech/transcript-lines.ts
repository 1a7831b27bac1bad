import { cell, column, type Producer, type Table, type VideoId } from '@internvid/core';

/** Where a transcript comes from. */
export type TranscriptSource = 'subtitle-file' | 'subtitle-track' | 'whisper';

/** Something that is said in a video: a word, or what a subtitle shows at once where words have no times. */
export type TranscriptLine = {
  readonly video: VideoId;
  /** Whole milliseconds from the container's start, as the times of frames and clips. */
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
  readonly unit: 'word' | 'cue';
  /** BCP 47 tag, `und` where nothing says it. */
  readonly language: string;
  readonly source: TranscriptSource;
  readonly by: Producer;
};

/** What is said in the videos, in order of time, one source for each video. */
export const transcriptsTable: Table<TranscriptLine> = {
  name: 'transcripts',
  version: 1,
  columns: [
    column.text('video_id', ({ video }) => video),
    column.int64('start_ms', ({ startMs }) => startMs),
    column.int64('end_ms', ({ endMs }) => endMs),
    column.text('text', (line) => line.text),
    column.text('unit', ({ unit }) => unit),
    column.text('language', ({ language }) => language),
    column.text('source', ({ source }) => source),
    ...column.producer<TranscriptLine>(({ by }) => by),
  ],
  fromCells: (cells) => ({
    video: cell.text(cells, 'video_id'),
    startMs: cell.number(cells, 'start_ms'),
    endMs: cell.number(cells, 'end_ms'),
    text: cell.text(cells, 'text'),
    unit: cell.text(cells, 'unit') as TranscriptLine['unit'],
    language: cell.text(cells, 'language'),
    source: cell.text(cells, 'source') as TranscriptSource,
    by: cell.producer(cells),
  }),
};
