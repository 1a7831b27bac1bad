import { ToolkitError } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';
import type { Producer } from './records.js';
import type { Span } from './span.js';
import type { Cell, Cells } from './tables.js';

/** The text of a cell. @throws ToolkitError `invalid-record` where it holds none. */
export function text(cells: Cells, name: string): string {
  const cell = cells[name];
  if (typeof cell === 'string') return cell;
  throw wrongCell(name, 'text', cell);
}

/** The number of a cell. @throws ToolkitError `invalid-record` where it holds none. */
export function number(cells: Cells, name: string): number {
  const cell = cells[name];
  if (typeof cell === 'number') return cell;
  throw wrongCell(name, 'a number', cell);
}

/** What the JSON of a cell says. @throws ToolkitError `invalid-record` where it holds none. */
export function json(cells: Cells, name: string): JsonValue {
  try {
    return JSON.parse(text(cells, name)) as JsonValue;
  } catch (cause) {
    const message = `The column ${name} does not hold JSON.`;
    throw new ToolkitError('invalid-record', message, { cause });
  }
}

/** The span of the cells `start_ms` and `end_ms`. */
export function span(cells: Cells): Span {
  return { startMs: number(cells, 'start_ms'), endMs: number(cells, 'end_ms') };
}

/** Who made the row, from the cells `by_name`, `by_version` and `by_config`. */
export function producer(cells: Cells): Producer {
  return {
    name: text(cells, 'by_name'),
    version: text(cells, 'by_version'),
    config: json(cells, 'by_config') as JsonObject,
  };
}

function wrongCell(name: string, wanted: string, cell: Cell): ToolkitError {
  return new ToolkitError(
    'invalid-record',
    `The column ${name} should hold ${wanted}, but holds ${typeof cell}.`,
  );
}
