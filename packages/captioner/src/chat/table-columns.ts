import {
  canonicalJson,
  type Cells,
  type Column,
  type JsonObject,
  type Producer,
} from '@internvid/core';

/** A column of text. */
export function textColumn<Row>(name: string, cell: (row: Row) => string): Column<Row> {
  return { name, type: 'text', cell };
}

/** The columns that say who made a row, as in core's tables. */
export function producerColumns<Row>(by: (row: Row) => Producer): readonly Column<Row>[] {
  return [
    textColumn('by_name', (row) => by(row).name),
    textColumn('by_version', (row) => by(row).version),
    { name: 'by_config', type: 'json', cell: (row) => canonicalJson(by(row).config) },
  ];
}

/** Who made a row, from these columns. */
export function producerCells(cells: Cells): Producer {
  return {
    name: String(cells['by_name']),
    version: String(cells['by_version']),
    config: JSON.parse(String(cells['by_config'])) as JsonObject,
  };
}
