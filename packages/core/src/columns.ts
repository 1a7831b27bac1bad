import { canonicalJson, type JsonValue } from './json.js';
import type { Producer } from './records.js';
import type { Span } from './span.js';
import type { Cell, Column } from './tables.js';

/** What a cell of a row is made from; absent where undefined. */
export type CellOf<Row, Value> = (row: Row) => Value | undefined;

/** A column of text. */
export function text<Row>(name: string, cell: CellOf<Row, string>): Column<Row> {
  return { name, type: 'text', cell };
}

/** A column of whole numbers of 32 bits. */
export function int32<Row>(name: string, cell: CellOf<Row, number>): Column<Row> {
  return { name, type: 'int32', cell };
}

/** A column of whole numbers up to 2^53. */
export function int64<Row>(name: string, cell: CellOf<Row, number>): Column<Row> {
  return { name, type: 'int64', cell };
}

/** A column of floating point. */
export function double<Row>(name: string, cell: CellOf<Row, number>): Column<Row> {
  return { name, type: 'double', cell };
}

/** A column of truth. */
export function boolean<Row>(name: string, cell: CellOf<Row, boolean>): Column<Row> {
  return { name, type: 'boolean', cell };
}

/** A column of JSON in its canonical form: equal values are equal bytes. */
export function json<Row>(name: string, value: CellOf<Row, JsonValue>): Column<Row> {
  const cell = (row: Row): Cell => {
    const found = value(row);
    return found === undefined ? undefined : canonicalJson(found);
  };
  return { name, type: 'json', cell };
}

/** The same column, whose cells may be absent. */
export function optional<Row>(column: Column<Row>): Column<Row> {
  return { ...column, isOptional: true };
}

/** The columns `start_ms` and `end_ms`. */
export function span<Row>(of: (row: Row) => Span): readonly Column<Row>[] {
  return [int64('start_ms', (row) => of(row).startMs), int64('end_ms', (row) => of(row).endMs)];
}

/** The columns that say who made a row: `by_name`, `by_version` and `by_config`. */
export function producer<Row>(by: (row: Row) => Producer): readonly Column<Row>[] {
  return [
    text('by_name', (row) => by(row).name),
    text('by_version', (row) => by(row).version),
    json('by_config', (row) => by(row).config),
  ];
}
