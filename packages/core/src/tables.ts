import { createHash } from 'node:crypto';

import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
} from 'hyparquet';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';

import { channel } from './channel.js';
import { ToolkitError } from './errors.js';
import type { Asset } from './records.js';
import type { Store } from './store.js';

/**
 * What a column holds: text, whole numbers (32-bit, or up to 2^53), floating point, truth, JSON as text, or raw bytes. There
 * are no nested types, so that every reader of Parquet gives the same values.
 */
export type ColumnType = 'text' | 'int32' | 'int64' | 'double' | 'boolean' | 'json' | 'bytes';

/** What a cell holds in memory; JSON cells are text. */
export type Cell = string | number | boolean | Uint8Array | undefined;

/** One column of a table. */
export type Column<Row> = {
  readonly name: string;
  readonly type: ColumnType;
  /** May be absent. Default false. */
  readonly isOptional?: boolean;
  cell(row: Row): Cell;
};

/** A row as it is read back, by column name; absent cells are left out. */
export type Cells = { readonly [column: string]: Cell };

/** A table: its name, its columns, and how a row is read back. */
export type Table<Row> = {
  readonly name: string;
  /** Raised when the columns or their meaning change. */
  readonly version: number;
  readonly columns: readonly Column<Row>[];
  fromCells(cells: Cells): Row;
};

/** Rows in a row group: what the writer holds in memory at once. */
const ROWS_PER_GROUP = 10_000;

/** Writes rows of one table as they come. */
export interface TableWriter<Row> {
  add(row: Row): void;
  /** Writes out what is left; the object exists only after this. */
  finish(): Promise<Asset>;
  /** Gives up: nothing is written. */
  abandon(error: unknown): Promise<void>;
}

/** Starts a Parquet file (snappy, flat columns) under `key`. Equal rows give equal bytes. */
export function writeTable<Row>(
  store: Store,
  key: string,
  table: Table<Row>,
  signal?: AbortSignal,
): TableWriter<Row> {
  const bytes = channel<Uint8Array>();
  const written = store.write(key, bytes, signal);
  written.catch(() => undefined);
  const hash = createHash('sha256');
  const writer = chunkWriter((chunk) => {
    hash.update(chunk);
    bytes.push(chunk);
  });
  const parquet = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: columnData(table, []) }),
    createdBy: 'internvid',
    kvMetadata: [{ key: 'internvid.table', value: `${table.name}@${table.version}` }],
  });
  let group: Row[] = [];
  const flush = (): void => {
    if (group.length === 0) return;
    void parquet.write({ columnData: columnData(table, group), rowGroupSize: ROWS_PER_GROUP });
    group = [];
  };
  return {
    add(row) {
      if (group.push(row) === ROWS_PER_GROUP) flush();
    },
    async finish() {
      flush();
      void parquet.finish();
      bytes.end();
      const { bytes: size } = await written;
      return {
        key,
        bytes: size,
        sha256: hash.digest('hex'),
        mediaType: 'application/vnd.apache.parquet',
      };
    },
    async abandon(error) {
      bytes.fail(error);
      await written.catch(() => undefined);
    },
  };
}

/**
 * Reads a table's rows in the order written, one row group in memory at a time.
 *
 * @throws ToolkitError `corrupt` for a file that is no Parquet or lacks a column.
 */
export async function* readTable<Row>(
  store: Store,
  key: string,
  table: Table<Row>,
  signal?: AbortSignal,
): AsyncGenerator<Row> {
  const file = await asyncBuffer(store, key, signal);
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw corrupt(store, key, 'it is not a Parquet file', error);
  });
  const present = new Set(parquetSchema(metadata).children.map((child) => child.element.name));
  const missing = table.columns.filter((column) => !present.has(column.name));
  if (missing.length > 0) {
    throw corrupt(store, key, `it lacks ${missing.map((column) => column.name).join(', ')}`);
  }
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    signal?.throwIfAborted();
    const objects = await parquetReadObjects({
      file,
      metadata,
      rowStart,
      rowEnd,
      utf8: false,
    }).catch((error: unknown) => {
      throw corrupt(store, key, 'a row group cannot be read', error);
    });
    for (const object of objects) yield table.fromCells(cellsOf(object));
    rowStart = rowEnd;
  }
}

/** Number of rows, from the file's footer alone. */
export async function countRows(store: Store, key: string, signal?: AbortSignal): Promise<number> {
  const file = await asyncBuffer(store, key, signal);
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw corrupt(store, key, 'it is not a Parquet file', error);
  });
  return Number(metadata.num_rows);
}

const PARQUET_TYPES = {
  text: 'STRING',
  json: 'STRING',
  int32: 'INT32',
  int64: 'INT64',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  bytes: 'BYTE_ARRAY',
} as const;

type ColumnData = {
  name: string;
  type: (typeof PARQUET_TYPES)[ColumnType];
  nullable: boolean;
  data: unknown[];
};

function columnData<Row>(table: Table<Row>, rows: readonly Row[]): ColumnData[] {
  return table.columns.map((column) => ({
    name: column.name,
    type: PARQUET_TYPES[column.type],
    nullable: column.isOptional ?? false,
    data: rows.map((row) => stored(table, column, column.cell(row))),
  }));
}

function stored<Row>(table: Table<Row>, column: Column<Row>, cell: Cell): unknown {
  if (cell === undefined) {
    if (column.isOptional === true) return undefined;
    throw new TypeError(`${table.name}.${column.name} must have a value in every row.`);
  }
  return column.type === 'int64' ? BigInt(cell as number) : cell;
}

function cellsOf(object: Record<string, unknown>): Cells {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'bigint' ? Number(value) : (value as Cell),
    ]),
  );
}

/** A writer that hands on each row group instead of keeping the file in memory. */
function chunkWriter(emit: (chunk: Uint8Array) => void): ByteWriter {
  const writer = new ByteWriter();
  const handOn = (): void => {
    if (writer.index === 0) return;
    emit(new Uint8Array(writer.buffer.slice(0, writer.index)));
    writer.index = 0;
  };
  return Object.assign(writer, { flush: handOn, finish: handOn });
}

async function asyncBuffer(store: Store, key: string, signal?: AbortSignal): Promise<AsyncBuffer> {
  const info = await store.stat(key, signal);
  if (info === undefined) {
    throw new ToolkitError('not-found', `There is no ${key} in ${store.location}.`);
  }
  return {
    byteLength: info.bytes,
    async slice(start, end = info.bytes) {
      const from = start < 0 ? info.bytes + start : start;
      const bytes = await store.read(key, { offset: from, length: end - from }, signal);
      return bytes.slice().buffer;
    },
  };
}

function corrupt(store: Store, key: string, what: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'corrupt',
    `${key} in ${store.location} cannot be used: ${what}. Remove it and run the step that wrote it again.`,
    { cause },
  );
}
