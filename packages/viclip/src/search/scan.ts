import { closeSync, openSync, readSync } from 'node:fs';

import { KERNEL } from './dot-kernel.js';
import { numberBytes, type VectorFormat } from './vector-format.js';

/** What is used of the WebAssembly interface: the types of Node alone do not describe it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

type DotProducts = (rows: number, count: number, bytes: number, query: number, out: number) => void;

/** The exports of `dot.wat`. */
type Kernel = {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly dots32: DotProducts;
  readonly dots16: DotProducts;
};

/** Some rows of a file of vectors. */
export type RowRange = {
  readonly path: string;
  readonly dimension: number;
  readonly format: VectorFormat;
  /** Where the first of these rows begins, in bytes. */
  readonly offset: number;
  readonly rows: number;
};

/** Rows found, best first; equal similarities in the order of the rows. */
export type FoundRows = { readonly rows: Int32Array; readonly similarities: Float32Array };

/** Rows in memory, to be compared with queries. */
export interface Scan {
  /**
   * The most similar rows.
   *
   * @param query unit length.
   * @param allowed one byte for each row, 0 for rows that are left out.
   */
  search(query: Float32Array, limit: number, allowed?: Uint8Array): FoundRows;
}

const PAGE_BYTES = 65_536;
/** Rows whose similarities are worked out at once: they stay in the cache. */
const BLOCK = 4096;
/** One instance of WebAssembly reaches so much memory. */
export const MAX_SCAN_BYTES: number = 2 ** 32 - 2 ** 20;
/** The kernel leaves the numbers of 16-bit rows divided by this. */
const HALF_SCALE = 2 ** 112;

/** Reads rows into memory: their bytes and less than a megabyte. */
export function openScan(range: RowRange): Scan {
  const { dimension, format, rows } = range;
  const rowBytes = dimension * numberBytes(format);
  const queryBytes = dimension * 4;
  const start = queryBytes + BLOCK * 4;
  const kernel = startKernel(start + rows * rowBytes);
  const { buffer } = kernel.memory;
  readRows(range, new Uint8Array(buffer, start, rows * rowBytes));
  const query = new Float32Array(buffer, 0, dimension);
  const block = new Float32Array(buffer, queryBytes, BLOCK);
  const dots = format === 'float32' ? kernel.dots32 : kernel.dots16;
  const scale = format === 'float32' ? 1 : HALF_SCALE;
  return {
    search(wanted, limit, allowed) {
      query.set(wanted.map((value) => value * scale));
      const best = bestRows(limit);
      for (let first = 0; first < rows; first += BLOCK) {
        const count = Math.min(BLOCK, rows - first);
        dots(start + first * rowBytes, count, rowBytes, 0, queryBytes);
        for (let row = 0; row < count; row++) {
          const similarity = block[row] ?? 0;
          if (similarity > best.worst() && (allowed === undefined || allowed[first + row] === 1)) {
            best.add(first + row, similarity);
          }
        }
      }
      return best.found();
    },
  };
}

function bestRows(limit: number): {
  worst(): number;
  add(row: number, similarity: number): void;
  found(): FoundRows;
} {
  const rows = new Int32Array(limit);
  const similarities = new Float32Array(limit);
  let count = 0;
  let worst = -Infinity;
  return {
    worst: () => worst,
    add(row, similarity) {
      let place = count < limit ? count++ : limit - 1;
      for (; place > 0 && (similarities[place - 1] ?? 0) < similarity; place--) {
        rows[place] = rows[place - 1] ?? 0;
        similarities[place] = similarities[place - 1] ?? 0;
      }
      rows[place] = row;
      similarities[place] = similarity;
      if (count === limit) worst = similarities[limit - 1] ?? 0;
    },
    found: () => ({ rows: rows.slice(0, count), similarities: similarities.slice(0, count) }),
  };
}

function startKernel(bytes: number): Kernel {
  if (bytes > MAX_SCAN_BYTES) throw new RangeError(`${bytes} bytes are too many for one thread.`);
  const module = new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
  const kernel = new WebAssembly.Instance(module).exports as Kernel;
  kernel.memory.grow(Math.ceil(bytes / PAGE_BYTES) - 1);
  return kernel;
}

function readRows({ path, offset }: RowRange, into: Uint8Array): void {
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < into.length;) {
      const length = Math.min(into.length - done, 2 ** 28);
      const read = readSync(file, into, done, length, offset + done);
      if (read === 0) throw new RangeError(`${path} ends before its last row.`);
      done += read;
    }
  } finally {
    closeSync(file);
  }
}
