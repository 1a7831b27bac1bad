import {
  ToolkitError,
  type Cell,
  type Cells,
  type Column,
  type JsonObject,
  type Producer,
  type Table,
  type VideoId,
} from '@internvid/core';

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
    column('video_id', 'text', ({ video }) => video),
    column('start_ms', 'int64', ({ startMs }) => startMs),
    column('end_ms', 'int64', ({ endMs }) => endMs),
    column('text', 'text', (line) => line.text),
    column('unit', 'text', ({ unit }) => unit),
    column('language', 'text', ({ language }) => language),
    column('source', 'text', ({ source }) => source),
    column('by_name', 'text', ({ by }) => by.name),
    column('by_version', 'text', ({ by }) => by.version),
    column('by_config', 'json', ({ by }) => JSON.stringify(by.config)),
  ],
  fromCells: (cells) => ({
    video: text(cells, 'video_id'),
    startMs: number(cells, 'start_ms'),
    endMs: number(cells, 'end_ms'),
    text: text(cells, 'text'),
    unit: text(cells, 'unit') as TranscriptLine['unit'],
    language: text(cells, 'language'),
    source: text(cells, 'source') as TranscriptSource,
    by: {
      name: text(cells, 'by_name'),
      version: text(cells, 'by_version'),
      config: JSON.parse(text(cells, 'by_config')) as JsonObject,
    },
  }),
};

function column(
  name: string,
  type: Column<TranscriptLine>['type'],
  cell: (row: TranscriptLine) => Cell,
): Column<TranscriptLine> {
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
  const message = `The column ${name} of ${transcriptsTable.name} should hold ${wanted}, but holds ${typeof cell}.`;
  return new ToolkitError('invalid-record', message);
}
