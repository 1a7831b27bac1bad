import { KERNEL } from './hsv-kernel.js';

/** What is used of the WebAssembly interface: the types of Node alone do not describe it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** The exports of `hsv.wat`. */
type Kernel = {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly replace: (
    rgb: number,
    hue: number,
    saturation: number,
    value: number,
    pixels: number,
  ) => void;
};

const PAGE_BYTES = 65_536;
/** The sums come first: three of four lanes. */
const LANES = 4;
const SUMS_BYTES = 3 * LANES * Uint32Array.BYTES_PER_ELEMENT;
/** So many pixels are taken at once. */
const GROUP = 16;

let compiled: object | undefined;

/** Sums over all pixels of the absolute differences to the frame before. */
export type HsvDifference = { hue: number; saturation: number; value: number };

/** Hue, saturation and value of a running picture, one byte per pixel each, replaced frame by frame. */
export interface HsvPlanes {
  /** Brightness, the largest of the three channels, 0 to 255. */
  readonly value: Uint8Array;
  /**
   * Takes the next picture and writes into `difference` how far its pixels are from those before; from black for the
   * first one.
   *
   * @param rgb `pixels * 3` bytes: red, green, blue.
   */
  replace(rgb: Uint8Array, difference: HsvDifference): void;
}

/**
 * Makes planes for pictures of so many pixels, at most 2^26. They lie in six bytes a pixel of memory of their own, freed with
 * them.
 *
 * The conversion is the integer one of OpenCV's 8-bit `COLOR_BGR2HSV` (hue 0 to 179 in steps of two degrees, compared as a
 * plain number: 0 and 179 are 179 apart), equal to it for all colours. It runs over every pixel of every frame, so it is
 * written in the SIMD instructions of WebAssembly: about a quarter of the time of the same in JavaScript on film.
 */
export function hsvPlanes(pixels: number): HsvPlanes {
  const padded = Math.ceil(pixels / GROUP) * GROUP;
  const { memory, replace } = startKernel(SUMS_BYTES + padded * 6);
  const sums = new Uint32Array(memory.buffer, 0, 3 * LANES);
  const picture = new Uint8Array(memory.buffer, SUMS_BYTES, pixels * 3);
  const hue = SUMS_BYTES + padded * 3;
  const saturation = hue + padded;
  const value = saturation + padded;
  return {
    value: new Uint8Array(memory.buffer, value, pixels),
    replace(rgb, difference) {
      picture.set(rgb);
      replace(SUMS_BYTES, hue, saturation, value, padded);
      difference.hue = sumOf(sums, 0);
      difference.saturation = sumOf(sums, 1);
      difference.value = sumOf(sums, 2);
    },
  };
}

function startKernel(bytes: number): Kernel {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, 'base64'));
  const kernel = new WebAssembly.Instance(compiled).exports as Kernel;
  kernel.memory.grow(Math.ceil(bytes / PAGE_BYTES) - 1);
  return kernel;
}

function sumOf(sums: Uint32Array, channel: number): number {
  let sum = 0;
  for (let lane = 0; lane < LANES; lane++) sum += sums[channel * LANES + lane] as number;
  return sum;
}
