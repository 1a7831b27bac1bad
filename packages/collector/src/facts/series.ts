/** Rows of numbers that grow as a video is read: a few bytes each, so that an hour of video stays small. */
export interface Series {
  readonly length: number;
  /** Appends one row. */
  push(...row: number[]): void;
  /** One number of a row, rounded to 32-bit precision. */
  at(row: number, column: number): number;
}

/** Makes a series of rows with so many columns. Whole numbers up to 16,777,216 are kept exactly: four hours in ms. */
export function series(columns: number): Series {
  let data = new Float32Array(columns * 256);
  let length = 0;
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
    at: (row, column) => data[row * columns + column] as number,
  };
}
