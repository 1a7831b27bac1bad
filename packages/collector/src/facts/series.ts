import type { Span } from '@internvid/core';

/** Rows of numbers that grow as a video is read: a few bytes each, so that an hour of video stays small. */
export interface Series {
  readonly length: number;
  /** Appends one row. */
  push(...row: number[]): void;
  /** One number of a row, rounded to 32-bit precision. */
  at(row: number, column: number): number;
  /** The numbers of one column in rows `first` to before `end`. */
  column(column: number, first: number, end: number): readonly number[];
}

/** Makes a series of rows with so many columns. Whole numbers up to 16,777,216 are kept exactly: four hours in ms. */
export function series(columns: number): Series {
  let data = new Float32Array(columns * 256);
  let length = 0;
  const at = (row: number, column: number): number => data[row * columns + column] as number;
  return {
    get length() {
      return length;
    },
    push(...row) {
      if ((length + 1) * columns > data.length) {
        const larger = new Float32Array(data.length * 2);
        larger.set(data);
        data = larger;
      }
      data.set(row, length * columns);
      length++;
    },
    at,
    column: (column, first, end) =>
      Array.from({ length: Math.max(0, end - first) }, (_, index) => at(first + index, column)),
  };
}

/** The rows whose time, in column 0 and ascending, lies inside the span: the first, and the first after. */
export function rowsIn(rows: Series, span: Span): readonly [first: number, end: number] {
  return [firstRow(rows, span.startMs), firstRow(rows, span.endMs)];
}

/** The first row whose time, in column 0, is not before the given one. */
export function firstRow(rows: Series, timeMs: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const row = (low + high) >> 1;
    if (rows.at(row, 0) < timeMs) low = row + 1;
    else high = row;
  }
  return low;
}

/** Mean of numbers; there must be one. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The value that `share` of the numbers lie below, 0 to 1: 0.5 is the median, the upper one of two. There must be one. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}

/** Four digits after the point: below what is measured, and rows stay readable. */
export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
