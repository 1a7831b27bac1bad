import type { JsonObject, JsonValue, Span } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';
import { candidateAddress, type CandidateAddress } from './candidate-address.js';
import { pairsOf, spanBetween } from './clip-times.js';
import { RowProblem, type MentionedClip, type RowMeaning, type RowReader } from './row-meaning.js';
import { isYoutubeId, youtubeUrl } from './site-id.js';
import { isInMilliseconds, type ColumnMap } from './table-columns.js';

/**
 * Reads the rows of a table of addresses. Columns without a role become metadata under their own names.
 *
 * @param via who fetches the videos, where the address alone does not say it rightly.
 */
export function urlRowReader(columns: ColumnMap, via?: VideoCandidate['via']): RowReader {
  const roles = new Set(Object.values(columns));
  return {
    read(cells): RowMeaning {
      const { key, ...address } = addressOf(cells, columns);
      const extra = Object.entries(cells).filter(([name]) => !roles.has(name));
      const metadata = {
        ...Object.fromEntries(extra),
        ...textCell(cells, columns, 'title'),
        ...textCell(cells, columns, 'language'),
      };
      return {
        key,
        candidate: {
          ...address,
          ...(via === undefined ? {} : { via }),
          ...textCell(cells, columns, 'license'),
          metadata,
        },
        ...clipsOf(cells, columns, Object.fromEntries(extra)),
      };
    },
  };
}

function addressOf(cells: JsonObject, columns: ColumnMap): CandidateAddress {
  const url = cellOf(cells, columns.url);
  if (typeof url === 'string' && url.trim() !== '') return candidateAddress(url);
  const id = cellOf(cells, columns.youtubeId);
  if (typeof id === 'string' && isYoutubeId(id.trim())) {
    return candidateAddress(youtubeUrl(id.trim()));
  }
  if (id !== undefined) throw new RowProblem(`${JSON.stringify(id)} is not a YouTube id`);
  throw new RowProblem('it has no address');
}

function clipsOf(
  cells: JsonObject,
  columns: ColumnMap,
  details: JsonObject,
): { readonly clips: readonly MentionedClip[]; readonly problems: readonly string[] } {
  const caption = textCell(cells, columns, 'caption');
  const spans = cellOf(cells, columns.spans);
  if (spans !== undefined) return spansOf(pairsOf(spans), { ...caption, details });
  const span = oneSpan(cells, columns);
  const clip = { ...(span === undefined ? {} : { span }), ...caption, details };
  return { clips: [clip], problems: [] };
}

function spansOf(
  pairs: ReturnType<typeof pairsOf>,
  clip: Omit<MentionedClip, 'span'>,
): { readonly clips: readonly MentionedClip[]; readonly problems: readonly string[] } {
  const clips: MentionedClip[] = [];
  const problems: string[] = [];
  for (const [start, end] of pairs) {
    try {
      clips.push({ span: spanBetween(start, end), ...clip });
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      problems.push(error.message);
    }
  }
  return { clips, problems };
}

function oneSpan(cells: JsonObject, columns: ColumnMap): Span | undefined {
  const start = timeCell(cells, columns.start);
  const end = timeCell(cells, columns.end);
  if (start === undefined && end === undefined) return undefined;
  if (end === undefined) throw new RowProblem('it has a start and no end');
  return spanBetween(start ?? 0, end);
}

/** The cell's time; elsewhere a bare number means seconds, in a column of milliseconds it does not. */
function timeCell(cells: JsonObject, column: string | undefined): JsonValue | undefined {
  const cell = cellOf(cells, column);
  if (cell === undefined || column === undefined || !isInMilliseconds(column)) return cell;
  const text = typeof cell === 'number' ? String(cell) : cell;
  const isPlain = typeof text === 'string' && /^\s*\d+(?:\.\d*)?\s*$/.test(text);
  return isPlain ? `${Math.floor(Number(text))}ms` : cell;
}

function textCell<Role extends 'title' | 'license' | 'language' | 'caption'>(
  cells: JsonObject,
  columns: ColumnMap,
  role: Role,
): { readonly [name in Role]?: string } {
  const cell = cellOf(cells, columns[role]);
  const text = typeof cell === 'string' ? cell.trim() : '';
  return (text === '' ? {} : { [role]: text }) as { readonly [name in Role]?: string };
}

function cellOf(cells: JsonObject, column: string | undefined): JsonValue | undefined {
  const cell = column === undefined ? undefined : cells[column];
  return cell === null || cell === '' ? undefined : cell;
}
