import type { Cells, Span, Table } from '@internvid/core';

import type { CopyLevel } from './copies.js';

/** What became of a clip in the search for copies. */
export type CopyRow = {
  readonly clip: string;
  readonly video: string;
  /** The clip that stands for the group; of another dataset as `<dataset>:<clip>`. */
  readonly group: string;
  readonly isKept: boolean;
  /** How it is a copy of the kept one, and where they show the same; absent for the kept one. */
  readonly copy?: {
    readonly level: CopyLevel;
    readonly similarity: number;
    readonly share: number;
    readonly span: Span;
    readonly keptSpan: Span;
    readonly isMirrored: boolean;
  };
};

/** A row for each clip: its group, and whether it is kept. */
export const copiesTable: Table<CopyRow> = {
  name: 'copies',
  version: 1,
  columns: [
    { name: 'clip_id', type: 'text', cell: ({ clip }) => clip },
    { name: 'video_id', type: 'text', cell: ({ video }) => video },
    { name: 'group', type: 'text', cell: ({ group }) => group },
    { name: 'is_kept', type: 'boolean', cell: ({ isKept }) => isKept },
    { name: 'level', type: 'text', isOptional: true, cell: ({ copy }) => copy?.level },
    { name: 'similarity', type: 'double', isOptional: true, cell: ({ copy }) => copy?.similarity },
    { name: 'share', type: 'double', isOptional: true, cell: ({ copy }) => copy?.share },
    { name: 'start_ms', type: 'int64', isOptional: true, cell: ({ copy }) => copy?.span.startMs },
    { name: 'end_ms', type: 'int64', isOptional: true, cell: ({ copy }) => copy?.span.endMs },
    {
      name: 'kept_start_ms',
      type: 'int64',
      isOptional: true,
      cell: ({ copy }) => copy?.keptSpan.startMs,
    },
    {
      name: 'kept_end_ms',
      type: 'int64',
      isOptional: true,
      cell: ({ copy }) => copy?.keptSpan.endMs,
    },
    {
      name: 'is_mirrored',
      type: 'boolean',
      isOptional: true,
      cell: ({ copy }) => copy?.isMirrored,
    },
  ],
  fromCells: (cells) => ({
    clip: String(cells.clip_id),
    video: String(cells.video_id),
    group: String(cells.group),
    isKept: cells.is_kept === true,
    ...(cells.level === undefined ? {} : { copy: copyOf(cells) }),
  }),
};

function copyOf(cells: Cells): NonNullable<CopyRow['copy']> {
  return {
    level: cells.level as CopyLevel,
    similarity: Number(cells.similarity),
    share: Number(cells.share),
    span: { startMs: Number(cells.start_ms), endMs: Number(cells.end_ms) },
    keptSpan: { startMs: Number(cells.kept_start_ms), endMs: Number(cells.kept_end_ms) },
    isMirrored: cells.is_mirrored === true,
  };
}

/** Two clips that share a stretch of time, copies or not. */
export type OverlapRow = {
  readonly clipA: string;
  readonly videoA: string;
  readonly spanA: Span;
  readonly clipB: string;
  readonly videoB: string;
  readonly spanB: Span;
  readonly level: CopyLevel;
  readonly similarity: number;
  /** Of the shorter clip. */
  readonly share: number;
};

/** Every pair that was found, also where too little is shared to leave one out: what a split must not tear apart. */
export const overlapsTable: Table<OverlapRow> = {
  name: 'overlaps',
  version: 1,
  columns: [
    { name: 'clip_a', type: 'text', cell: ({ clipA }) => clipA },
    { name: 'video_a', type: 'text', cell: ({ videoA }) => videoA },
    { name: 'start_ms_a', type: 'int64', cell: ({ spanA }) => spanA.startMs },
    { name: 'end_ms_a', type: 'int64', cell: ({ spanA }) => spanA.endMs },
    { name: 'clip_b', type: 'text', cell: ({ clipB }) => clipB },
    { name: 'video_b', type: 'text', cell: ({ videoB }) => videoB },
    { name: 'start_ms_b', type: 'int64', cell: ({ spanB }) => spanB.startMs },
    { name: 'end_ms_b', type: 'int64', cell: ({ spanB }) => spanB.endMs },
    { name: 'level', type: 'text', cell: ({ level }) => level },
    { name: 'similarity', type: 'double', cell: ({ similarity }) => similarity },
    { name: 'share', type: 'double', cell: ({ share }) => share },
  ],
  fromCells: (cells) => ({
    clipA: String(cells.clip_a),
    videoA: String(cells.video_a),
    spanA: { startMs: Number(cells.start_ms_a), endMs: Number(cells.end_ms_a) },
    clipB: String(cells.clip_b),
    videoB: String(cells.video_b),
    spanB: { startMs: Number(cells.start_ms_b), endMs: Number(cells.end_ms_b) },
    level: cells.level as CopyLevel,
    similarity: Number(cells.similarity),
    share: Number(cells.share),
  }),
};
