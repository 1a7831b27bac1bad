import { cell, column, type Caption, type Producer, type Table } from '@internvid/core';
import type { CaptionClaim } from './caption-claims.js';
import type { JudgedClaim, Verdict } from './judge-claims.js';

/** A judged claim of a caption, as its table holds it. */
export type CaptionClaimRow = Pick<Caption, 'clip' | 'scale' | 'timeMs'> & {
  readonly kind: CaptionClaim['kind'];
  readonly words: string;
  readonly verdict: Verdict;
  readonly decidedBy?: NonNullable<JudgedClaim['by']>;
  readonly by: Producer;
};

/** Every claim of every caption with its verdict and what decided it. */
export const captionClaimsTable: Table<CaptionClaimRow> = {
  name: 'caption-claims',
  version: 1,
  columns: [
    column.text('clip_id', (row) => row.clip),
    column.text('scale', (row) => row.scale),
    column.optional(column.int64('time_ms', (row) => row.timeMs)),
    column.text('kind', (row) => row.kind),
    column.text('words', (row) => row.words),
    column.text('verdict', (row) => row.verdict),
    column.optional(column.text('decided_by', (row) => row.decidedBy)),
    ...column.producer<CaptionClaimRow>((row) => row.by),
  ],
  fromCells: (cells) => ({
    clip: cell.text(cells, 'clip_id'),
    scale: cell.text(cells, 'scale') as Caption['scale'],
    ...(typeof cells['time_ms'] === 'number' ? { timeMs: cells['time_ms'] } : {}),
    kind: cell.text(cells, 'kind') as CaptionClaim['kind'],
    words: cell.text(cells, 'words'),
    verdict: cell.text(cells, 'verdict') as Verdict,
    ...(cells['decided_by'] === undefined
      ? {}
      : { decidedBy: cell.text(cells, 'decided_by') as NonNullable<JudgedClaim['by']> }),
    by: cell.producer(cells),
  }),
};
