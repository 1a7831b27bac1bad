import type { Picture } from '@internvid/core/media';
import type { Sums } from './transition-sums.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs, floor, max, sqrt } = Math;

/** Long and short side of the grid that a picture is reduced to; the long side lies along the longer side of the picture. */
export const LONG_SIDE = 64;
export const SHORT_SIDE = 40;
/** Cells of the grid, and of the one of half its size. */
export const CELLS: number = LONG_SIDE * SHORT_SIDE;
export const HALF_CELLS: number = CELLS / 4;
/** Rows or columns of the half-size grid in a strip. */
export const STRIP = 4;
/** Bins of the luma histogram, and of the one of colour differences (8 by 8). */
export const LUMA_BINS = 32;
export const COLOUR_BINS = 64;

/** Contrast below which a picture is not stretched any further when it is normalised, in grey levels. */
const LEAST_CONTRAST = 3;

/** What is kept of a frame: planes of cell means, and sums over them. The arrays are reused for later frames. */
export type SmallFrame = {
  /** The loops over the arrays, which lie in their memory. */
  readonly sums: Sums;
  index: number;
  timeMs: number;
  /** Cells across and down: 64 x 40, or 40 x 64 for pictures that are higher than wide. */
  width: number;
  height: number;
  /** BT.601 luma of each cell, 0 to 255. */
  readonly luma: Float32Array;
  /** Luma, blue and red difference of the half-size grid, one plane after another. */
  readonly colour: Float32Array;
  /** The half-size planes averaged over `STRIP` rows, for shifts along them, and over as many columns. */
  readonly rowStrips: Float32Array;
  readonly columnStrips: Float32Array;
  /** Half-size luma without its mean, in standard deviations. */
  readonly structure: Float32Array;
  readonly lumaHistogram: Float32Array;
  readonly colourHistogram: Float32Array;
  /** Mean and standard deviation of luma, and its spread of colour. */
  mean: number;
  deviation: number;
  colourfulness: number;
  /** Mean absolute change of luma and of colour from the frame before, and the root of the mean squared change of both. */
  lumaStep: number;
  colourStep: number;
  step: number;
};

/** Bytes that a frame's arrays take. */
export const FRAME_BYTES: number = 4 * (CELLS + 5.5 * HALF_CELLS + LUMA_BINS + COLOUR_BINS);

/** An empty frame to be filled. */
export function smallFrame(sums: Sums): SmallFrame {
  return {
    sums,
    index: 0,
    timeMs: 0,
    width: LONG_SIDE,
    height: SHORT_SIDE,
    luma: sums.floats(CELLS),
    colour: sums.floats(3 * HALF_CELLS),
    rowStrips: sums.floats((3 * HALF_CELLS) / STRIP),
    columnStrips: sums.floats((3 * HALF_CELLS) / STRIP),
    structure: sums.floats(HALF_CELLS),
    lumaHistogram: sums.floats(LUMA_BINS),
    colourHistogram: sums.floats(COLOUR_BINS),
    mean: 0,
    deviation: 0,
    colourfulness: 0,
    lumaStep: 0,
    colourStep: 0,
    step: 0,
  };
}

/** Reduces `rgb24` pictures of one size. Cells are means over whole pixels; a picture smaller than the grid repeats pixels. */
export interface Reducer {
  /** @throws TypeError when the picture has another size. */
  reduce(picture: Picture, frame: SmallFrame): void;
}

/** Bytes that a reducer takes for pictures of a size. */
export function reducerBytes({ width, height }: Picture): number {
  return width * height * 3 + width * 6 + 64 + LONG_SIDE * 8 + 2 * CELLS * 4 + 64;
}

/** Rows of a picture whose bytes can be added up in 16 bits. */
const MOST_ROWS = 256;

/** @throws RangeError for pictures of more than 10240 pixels a side: their rows would not add up in 16 bits. */
export function startReducer(sums: Sums, { width, height }: Picture): Reducer {
  if (max(width, height) > MOST_ROWS * SHORT_SIDE)
    throw new RangeError(
      `Pictures must be at most ${MOST_ROWS * SHORT_SIDE} pixels on each side, got ${width}x${height}.`,
    );
  const isUpright = height > width;
  const [columns, rows] = isUpright ? [SHORT_SIDE, LONG_SIDE] : [LONG_SIDE, SHORT_SIDE];
  const rgb = sums.bytes(width * height * 3);
  const line = sums.bytes(width * 6 + 32);
  const columnBounds = cellBounds(width, columns);
  const bounds = sums.floats(2 * columns);
  new Int32Array(bounds.buffer, bounds.byteOffset, bounds.length).set(columnBounds.flat());
  const rowBounds = cellBounds(height, rows);
  const blueDifference = sums.floats(CELLS);
  const redDifference = sums.floats(CELLS);
  const { kernel } = sums;
  return {
    reduce(picture, frame) {
      if (picture.width !== width || picture.height !== height)
        throw new TypeError('All pictures of a video must have the same size.');
      frame.width = columns;
      frame.height = rows;
      rgb.set(picture.data.subarray(0, rgb.length));
      for (const [row, [top, bottom]] of rowBounds.entries()) {
        const to = row * columns * 4;
        kernel.cells(
          rgb.byteOffset + top * width * 3,
          width * 3,
          bottom - top,
          line.byteOffset,
          bounds.byteOffset,
          columns,
          frame.luma.byteOffset + to,
          blueDifference.byteOffset + to,
          redDifference.byteOffset + to,
        );
      }
      const planes = [frame.luma, blueDifference, redDifference];
      for (const [plane, { byteOffset }] of planes.entries()) reducePlane(frame, byteOffset, plane);
      describe(frame);
    },
  };
}

/** First pixel of each cell and the one after its last. */
function cellBounds(pixels: number, cells: number): readonly (readonly [number, number])[] {
  return Array.from({ length: cells }, (_, cell) => {
    const first = floor((cell * pixels) / cells);
    return [first, max(first + 1, floor(((cell + 1) * pixels) / cells))];
  });
}

/** Half-size plane and its strips, which lie one after another, each along the movement that it is made to follow. */
function reducePlane(frame: SmallFrame, from: number, plane: number): void {
  const { width, height, colour, rowStrips, columnStrips } = frame;
  const { kernel } = frame.sums;
  const half = colour.byteOffset + plane * HALF_CELLS * 4;
  const strips = (plane * HALF_CELLS * 4) / STRIP;
  kernel.halve(from, half, width, height);
  kernel.strips(
    half,
    rowStrips.byteOffset + strips,
    columnStrips.byteOffset + strips,
    width >> 1,
    height >> 1,
  );
}

function describe(frame: SmallFrame): void {
  const { sums, luma, colour, structure, lumaHistogram, colourHistogram } = frame;
  const { kernel } = sums;
  frame.mean = kernel.total(luma.byteOffset, CELLS) / CELLS;
  frame.deviation = sqrt(kernel.spread(luma.byteOffset, frame.mean, CELLS) / CELLS);
  lumaHistogram.fill(0);
  kernel.histogram(luma.byteOffset, lumaHistogram.byteOffset, 1 / CELLS, CELLS);
  const scale = 1 / max(frame.deviation, LEAST_CONTRAST);
  kernel.normalise(colour.byteOffset, structure.byteOffset, frame.mean, scale, HALF_CELLS);
  colourHistogram.fill(0);
  let strength = 0;
  for (let cell = HALF_CELLS; cell < 2 * HALF_CELLS; cell++) {
    const blue = colour[cell] as number;
    const red = colour[HALF_CELLS + cell] as number;
    strength += abs(blue) + abs(red);
    const bin = 8 * colourBin(blue) + colourBin(red);
    colourHistogram[bin] = (colourHistogram[bin] as number) + 1 / HALF_CELLS;
  }
  frame.colourfulness = strength / HALF_CELLS;
}

/** Most colours lie near grey, so the bins are narrow there. */
function colourBin(difference: number): number {
  const size = abs(difference);
  const step = size < 6 ? 0 : size < 18 ? 1 : size < 40 ? 2 : 3;
  return difference < 0 ? 3 - step : 4 + step;
}

/** Writes how far a frame is from the one before it. */
export function measureSteps(before: SmallFrame, frame: SmallFrame): void {
  const { sums } = frame;
  frame.lumaStep = sums.absolute(before.luma, frame.luma, CELLS) / CELLS;
  frame.colourStep = colourDifference(before, frame) / (2 * HALF_CELLS);
  frame.step = sqrt(sums.squared(before.colour, frame.colour, 3 * HALF_CELLS) / HALF_CELLS);
}

/** Sum of the absolute differences of both colour planes. */
export function colourDifference(a: SmallFrame, b: SmallFrame): number {
  const offset = HALF_CELLS * 4;
  const { byteOffset: from } = a.colour;
  return a.sums.kernel.absolute(from + offset, b.colour.byteOffset + offset, 2 * HALF_CELLS);
}
