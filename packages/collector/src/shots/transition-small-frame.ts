import type { Picture } from '@internvid/core/media';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs, floor, max, min, sqrt } = Math;

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

/** An empty frame to be filled. */
export function smallFrame(): SmallFrame {
  return {
    index: 0,
    timeMs: 0,
    width: LONG_SIDE,
    height: SHORT_SIDE,
    luma: new Float32Array(CELLS),
    colour: new Float32Array(3 * HALF_CELLS),
    rowStrips: new Float32Array((3 * HALF_CELLS) / STRIP),
    columnStrips: new Float32Array((3 * HALF_CELLS) / STRIP),
    structure: new Float32Array(HALF_CELLS),
    lumaHistogram: new Float32Array(LUMA_BINS),
    colourHistogram: new Float32Array(COLOUR_BINS),
    mean: 0,
    deviation: 0,
    colourfulness: 0,
    lumaStep: 0,
    colourStep: 0,
    step: 0,
  };
}

const blueDifference = new Float32Array(CELLS);
const redDifference = new Float32Array(CELLS);

/** Reduces an `rgb24` picture of any size. Cells are means over whole pixels; a picture smaller than the grid repeats pixels. */
export function reduce(picture: Picture, frame: SmallFrame): void {
  const isUpright = picture.height > picture.width;
  frame.width = isUpright ? SHORT_SIDE : LONG_SIDE;
  frame.height = isUpright ? LONG_SIDE : SHORT_SIDE;
  averageCells(picture, frame);
  halve(frame.luma, frame.width, frame.height, frame.colour, 0);
  halve(blueDifference, frame.width, frame.height, frame.colour, HALF_CELLS);
  halve(redDifference, frame.width, frame.height, frame.colour, 2 * HALF_CELLS);
  averageStrips(frame);
  describe(frame);
}

/** Strips lie one after another, each along the movement that it is made to follow. */
function averageStrips({ width, height, colour, rowStrips, columnStrips }: SmallFrame): void {
  const [columns, rows] = [width >> 1, height >> 1];
  rowStrips.fill(0);
  columnStrips.fill(0);
  for (let plane = 0, cell = 0; plane < 3; plane++) {
    for (let y = 0; y < rows; y++) {
      const alongRow = ((plane * rows) / STRIP + floor(y / STRIP)) * columns;
      for (let x = 0; x < columns; x++, cell++) {
        const value = (colour[cell] as number) / STRIP;
        const alongColumn = ((plane * columns) / STRIP + floor(x / STRIP)) * rows + y;
        rowStrips[alongRow + x] = (rowStrips[alongRow + x] as number) + value;
        columnStrips[alongColumn] = (columnStrips[alongColumn] as number) + value;
      }
    }
  }
}

function averageCells({ width, height, data }: Picture, frame: SmallFrame): void {
  for (let row = 0, cell = 0; row < frame.height; row++) {
    const top = floor((row * height) / frame.height);
    const bottom = max(top + 1, floor(((row + 1) * height) / frame.height));
    for (let column = 0; column < frame.width; column++, cell++) {
      const left = floor((column * width) / frame.width);
      const right = max(left + 1, floor(((column + 1) * width) / frame.width));
      let [red, green, blue] = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        const end = (y * width + right) * 3;
        for (let at = (y * width + left) * 3; at < end; at += 3) {
          red += data[at] as number;
          green += data[at + 1] as number;
          blue += data[at + 2] as number;
        }
      }
      const pixels = (bottom - top) * (right - left);
      const luma = (0.299 * red + 0.587 * green + 0.114 * blue) / pixels;
      frame.luma[cell] = luma;
      blueDifference[cell] = 0.564 * (blue / pixels - luma);
      redDifference[cell] = 0.713 * (red / pixels - luma);
    }
  }
}

function halve(
  from: Float32Array,
  width: number,
  height: number,
  to: Float32Array,
  offset: number,
): void {
  for (let y = 0, cell = offset; y < height; y += 2) {
    for (let x = 0, at = y * width; x < width; x += 2, at += 2, cell++) {
      const above = (from[at] as number) + (from[at + 1] as number);
      const below = (from[at + width] as number) + (from[at + width + 1] as number);
      to[cell] = (above + below) / 4;
    }
  }
}

function describe(frame: SmallFrame): void {
  const { luma, colour, structure, lumaHistogram, colourHistogram } = frame;
  let [sum, squares] = [0, 0];
  lumaHistogram.fill(0);
  for (let cell = 0; cell < CELLS; cell++) {
    const value = luma[cell] as number;
    sum += value;
    squares += value * value;
    const bin = min(LUMA_BINS - 1, (value * LUMA_BINS) >> 8);
    lumaHistogram[bin] = (lumaHistogram[bin] as number) + 1 / CELLS;
  }
  frame.mean = sum / CELLS;
  frame.deviation = sqrt(max(0, squares / CELLS - frame.mean ** 2));
  const scale = 1 / max(frame.deviation, LEAST_CONTRAST);
  colourHistogram.fill(0);
  let strength = 0;
  for (let cell = 0; cell < HALF_CELLS; cell++) {
    structure[cell] = ((colour[cell] as number) - frame.mean) * scale;
    const blue = colour[HALF_CELLS + cell] as number;
    const red = colour[2 * HALF_CELLS + cell] as number;
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
  let luma = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    luma += abs((frame.luma[cell] as number) - (before.luma[cell] as number));
  }
  let [colour, squares] = [0, 0];
  for (let cell = 0; cell < 3 * HALF_CELLS; cell++) {
    const difference = (frame.colour[cell] as number) - (before.colour[cell] as number);
    squares += difference * difference;
    if (cell >= HALF_CELLS) colour += abs(difference);
  }
  frame.lumaStep = luma / CELLS;
  frame.colourStep = colour / (2 * HALF_CELLS);
  frame.step = sqrt(squares / HALF_CELLS);
}
