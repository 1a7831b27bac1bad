import { ToolkitError, type Caption, type Cells, type Producer, type Table } from '@internvid/core';
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
    { name: 'clip_id', type: 'text', cell: (row) => row.clip },
    { name: 'scale', type: 'text', cell: (row) => row.scale },
    { name: 'time_ms', type: 'int64', isOptional: true, cell: (row) => row.timeMs },
    { name: 'kind', type: 'text', cell: (row) => row.kind },
    { name: 'words', type: 'text', cell: (row) => row.words },
    { name: 'verdict', type: 'text', cell: (row) => row.verdict },
    { name: 'decided_by', type: 'text', isOptional: true, cell: (row) => row.decidedBy },
    { name: 'by_name', type: 'text', cell: (row) => row.by.name },
    { name: 'by_version', type: 'text', cell: (row) => row.by.version },
    { name: 'by_config', type: 'json', cell: (row) => JSON.stringify(row.by.config) },
  ],
  fromCells: (cells) => ({
    clip: textOf(cells, 'clip_id'),
    scale: textOf(cells, 'scale') as Caption['scale'],
    ...(typeof cells['time_ms'] === 'number' ? { timeMs: cells['time_ms'] } : {}),
    kind: textOf(cells, 'kind') as CaptionClaim['kind'],
    words: textOf(cells, 'words'),
    verdict: textOf(cells, 'verdict') as Verdict,
    ...(cells['decided_by'] === undefined
      ? {}
      : { decidedBy: textOf(cells, 'decided_by') as NonNullable<JudgedClaim['by']> }),
    by: {
      name: textOf(cells, 'by_name'),
      version: textOf(cells, 'by_version'),
      config: configOf(cells),
    },
  }),
};

function configOf(cells: Cells): Producer['config'] {
  try {
    return JSON.parse(textOf(cells, 'by_config')) as Producer['config'];
  } catch (cause) {
    throw new ToolkitError('invalid-record', 'The column by_config does not hold JSON.', { cause });
  }
}

function textOf(cells: Cells, name: string): string {
  const cell = cells[name];
  if (typeof cell === 'string') return cell;
  throw new ToolkitError('invalid-record', `The column ${name} should hold text.`);
}
