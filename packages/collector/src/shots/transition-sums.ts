import { KERNEL } from './transition-kernel.js';

/** What is used of the WebAssembly interface: the types of Node alone do not describe it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** The exports of `transition.wat`; what is not a number there is an address. */
type Kernel = {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
} & Readonly<
  Record<'absolute' | 'squared' | 'product', (a: number, b: number, count: number) => number>
> &
  Readonly<
    Record<
      | 'steps'
      | 'cells'
      | 'halve'
      | 'strips'
      | 'total'
      | 'spread'
      | 'normalise'
      | 'histogram'
      | 'shift'
      | 'block'
      | 'parts'
      | 'join'
      | 'slide',
      (...values: number[]) => number
    >
  >;

const PAGE_BYTES = 65_536;
/** Results and the block that is looked for come first in memory. */
const FIRST_FREE = 320;
/** Loads take 16 bytes at once and may reach so far over the end of what is asked for. */
const OVERHANG = 16;
/** Numbers in three strips of a picture side by side, in the sums of three frames, and cells of a half-size plane. */
const JOINED = 1440;
const PROFILES = 384;
const HALF_CELLS = 640;
const ROOM_BYTES = 4 * (2 * JOINED + PROFILES + 2 * HALF_CELLS);

let compiled: object | undefined;

/** Sums over arrays, and what more the kernel does; all arrays are ones that it allocated. */
export interface Sums {
  /** The kernel's functions by address, for what is asked for in one place only. */
  readonly kernel: Kernel;
  /** First numbers and first integers of the kernel's memory, where it leaves results. */
  readonly results: Float32Array;
  readonly integers: Int32Array;
  /** Room for the strips of two pictures side by side, along rows and along columns. */
  readonly joinedRows: Float32Array;
  readonly joinedColumns: Float32Array;
  /** Room for the sums by column and row of three frames, and for the cells that were new before. */
  readonly profiles: Float32Array;
  readonly wasFresh: Float32Array;
  /** Room for an enlarged picture. */
  readonly zoomed: Float32Array;
  /** Zeros that stay until the detection ends. */
  floats(count: number): Float32Array;
  bytes(count: number): Uint8Array;
  /** Sum of `|a - b|` over the first values, a multiple of four. */
  absolute(a: Float32Array, b: Float32Array, count: number): number;
  /** Sum of `(a - b)^2`. */
  squared(a: Float32Array, b: Float32Array, count: number): number;
  /** Sum of `a * b`. */
  product(a: Float32Array, b: Float32Array, count: number): number;
}

/**
 * Starts a kernel with memory for so many bytes of arrays. The loops run over every frame many times, so they are written in the
 * SIMD instructions of WebAssembly: the detector takes a sixth of the time that it took in JavaScript.
 */
export function startSums(bytes: number): Sums {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
  const kernel = new WebAssembly.Instance(compiled).exports as Kernel;
  kernel.memory.grow(Math.ceil((FIRST_FREE + ROOM_BYTES + bytes + OVERHANG) / PAGE_BYTES) - 1);
  const { buffer } = kernel.memory;
  let free = FIRST_FREE;
  const take = (length: number): number => {
    const start = free;
    free += Math.ceil(length / 16) * 16;
    return start;
  };
  const floats = (count: number): Float32Array => new Float32Array(buffer, take(4 * count), count);
  return {
    kernel,
    joinedRows: floats(JOINED),
    joinedColumns: floats(JOINED),
    profiles: floats(PROFILES),
    wasFresh: floats(HALF_CELLS),
    zoomed: floats(HALF_CELLS),
    results: new Float32Array(buffer, 0, 16),
    integers: new Int32Array(buffer, 0, 16),
    floats,
    bytes: (count) => new Uint8Array(buffer, take(count), count),
    absolute: (a, b, count) => kernel.absolute(a.byteOffset, b.byteOffset, count),
    squared: (a, b, count) => kernel.squared(a.byteOffset, b.byteOffset, count),
    product: (a, b, count) => kernel.product(a.byteOffset, b.byteOffset, count),
  };
}
