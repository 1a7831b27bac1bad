import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ToolkitError, type JsonObject, type JsonValue } from '@internvid/core';
import type { TableFile, TableRow, TableStretch } from './table-file.js';

/** Rows that are decoded at once, at most. Less than a row group costs as much time as the whole of it, as its pages are decoded. */
const ROWS_AT_ONCE = 200_000;

/**
 * Opens a Parquet file. Columns of raw bytes, such as the videos of a data set that holds its files itself, are neither read nor
 * counted among the columns; nested columns are read as JSON.
 */
export async function openParquet(path: string): Promise<TableFile> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
    throw unreadable(path, 'it is not a Parquet file', cause);
  });
  const columns = parquetSchema(metadata)
    .children.filter((column) => !isRawBytes(column))
    .map((column) => column.element.name);
  const total = Number(metadata.num_rows);
  return {
    path,
    format: 'parquet',
    columns,
    async *rows(stretch, signal) {
      yield* rowsOf(
        path,
        file,
        metadata,
        columns,
        stretch ?? { start: 0, end: total, line: 1 },
        signal,
      );
    },
  };
}

async function* rowsOf(
  path: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: readonly string[],
  { start, end }: TableStretch,
  signal: AbortSignal | undefined,
): AsyncGenerator<TableRow> {
  for (const { rowStart, rowEnd } of blocks(metadata, start, end)) {
    signal?.throwIfAborted();
    const objects = await parquetReadObjects({
      file,
      metadata,
      columns: [...columns],
      rowStart,
      rowEnd,
      compressors,
      useOffsetIndex: true,
    }).catch((cause: unknown) => {
      throw unreadable(path, `rows ${rowStart + 1} to ${rowEnd} cannot be read`, cause);
    });
    for (const [index, object] of objects.entries()) {
      const at = rowStart + index;
      yield { start: at, end: at + 1, line: at + 1, cells: cellsOf(object) };
    }
  }
}

/** The stretch from `start` to `end` in parts that lie in one row group each. */
function* blocks(
  metadata: FileMetaData,
  start: number,
  end: number,
): Generator<{ readonly rowStart: number; readonly rowEnd: number }> {
  let groupStart = 0;
  for (const { num_rows: rows } of metadata.row_groups) {
    const groupEnd = groupStart + Number(rows);
    const last = Math.min(groupEnd, end);
    for (let rowStart = Math.max(groupStart, start); rowStart < last; rowStart += ROWS_AT_ONCE) {
      yield { rowStart, rowEnd: Math.min(rowStart + ROWS_AT_ONCE, last) };
    }
    groupStart = groupEnd;
  }
}

function cellsOf(object: Record<string, unknown>): JsonObject {
  const entries = Object.entries(object).filter(([, cell]) => cell !== null && cell !== undefined);
  return Object.fromEntries(entries.map(([name, cell]) => [name, jsonOf(cell)]));
}

function jsonOf(cell: unknown): JsonValue {
  if (typeof cell === 'string' || typeof cell === 'boolean' || cell === null) return cell;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  if (typeof cell === 'bigint')
    return Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell);
  if (cell instanceof Date) return cell.toISOString();
  if (Array.isArray(cell)) return cell.map(jsonOf);
  if (typeof cell === 'object' && !ArrayBuffer.isView(cell))
    return cellsOf(cell as Record<string, unknown>);
  return null;
}

function isRawBytes({ children, element }: SchemaTree): boolean {
  const isBytes = element.type === 'BYTE_ARRAY' || element.type === 'FIXED_LEN_BYTE_ARRAY';
  return (
    children.length === 0 &&
    isBytes &&
    element.converted_type === undefined &&
    element.logical_type === undefined
  );
}

function unreadable(path: string, what: string, cause: unknown): ToolkitError {
  return new ToolkitError('unreadable', `${path} cannot be read as a table: ${what}.`, {
    cause,
    details: { path },
  });
}
