import { ToolkitError, type Cell, type Column, type ColumnType } from '@internvid/core';

/** How rows of one kind are stored: their columns in order, and which of them may be absent. */
export type RowForm<Row> = {
  readonly names: readonly (keyof Row & string)[];
  readonly columns: readonly Column<Row>[];
  isOptional(name: keyof Row & string): boolean;
  /**
   * Takes what was read for a row.
   *
   * @throws ToolkitError `invalid-record` that names the columns which are missing or hold something else.
   */
  checked(cells: Readonly<Record<string, unknown>>): Row;
};

/** The form of rows with these columns, in the order of their types. */
export function rowForm<Row extends { readonly [name in keyof Row]?: Cell }>(
  types: Readonly<Record<keyof Row & string, ColumnType>>,
  optional: readonly (keyof Row & string)[],
): RowForm<Row> {
  const names = Object.keys(types) as (keyof Row & string)[];
  const isOptional = (name: keyof Row & string): boolean => optional.includes(name);
  const isRight = (name: keyof Row & string, cell: unknown): boolean =>
    cell === undefined ? isOptional(name) : KINDS[types[name]](cell);
  return {
    names,
    isOptional,
    columns: names.map((name) => ({
      name,
      type: types[name],
      isOptional: isOptional(name),
      cell: (row) => row[name],
    })),
    checked(cells) {
      const wrong = names.filter((name) => !isRight(name, cells[name]));
      if (wrong.length === 0) return cells as Row;
      throw new ToolkitError(
        'invalid-record',
        `These fields are missing or of another type: ${wrong.join(', ')}.`,
      );
    },
  };
}

const KINDS: Readonly<Record<ColumnType, (cell: unknown) => boolean>> = {
  text: (cell) => typeof cell === 'string',
  json: (cell) => typeof cell === 'string' && isJson(cell),
  int32: (cell) => Number.isSafeInteger(cell),
  int64: (cell) => Number.isSafeInteger(cell),
  double: (cell) => typeof cell === 'number' && Number.isFinite(cell),
  boolean: (cell) => typeof cell === 'boolean',
  bytes: (cell) => cell instanceof Uint8Array,
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
