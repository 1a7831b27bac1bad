import type { Span } from '@internvid/core';
import { missing, type Found, type Gauge, type Look } from './gauge.js';
import { mean, rounded, rowsIn, series, type Series } from './series.js';

/** Size of the cells in which strokes are counted, in analysed pixels: a letter or two. */
const CELL_WIDTH = 8;
const CELL_HEIGHT = 4;
/** How much a stroke differs from the pixels two or three to both sides of it, in grey levels. */
const STROKE_CONTRAST = 32;
/** Pixels of upright and of lying strokes that make a cell look written on: letters have both, fences one. */
const MIN_UPRIGHT = 6;
const MIN_LYING = 3;
/** Share of the upright strokes that were at the same place in the look before. */
const MIN_STEADY = 0.7;
/** Written cells beside each other that make a piece of a line. */
const MIN_RUN = 3;

/**
 * Burned-in text, without reading it: strokes of strong contrast, upright and lying ones, close together along a row, that stay where
 * they are from look to look.
 *
 * - `textAreaRatio`: share of the picture's area in cells of 8 by 4 pixels that look written on; mean over the looks.
 *
 * Text that scrolls is not seen, nor letters below about a fortieth of the picture's height, nor faint ones. A regular pattern that
 * rests, such as brickwork or a flower bed before a camera on a tripod, looks like text.
 */
export function textGauge(): Gauge {
  const rows = series(2);
  let before: Int8Array | undefined;
  return {
    look({ timeMs, luma, picture: { width, height } }: Look) {
      const now = uprightStrokes(luma, width);
      const written = before === undefined ? 0 : writtenShare(luma, width, height, now, before);
      rows.push(timeMs, written);
      before = now;
    },
    over: (span) => textOver(rows, span),
  };
}

/** The first look of a span is left out: it was compared with what was before the span. */
function textOver(rows: Series, span: Span): Found {
  const [first, end] = rowsIn(rows, span);
  if (end - first < 2) return missing(['textAreaRatio'], first === end ? 'no-frames' : 'too-short');
  return { facts: { textAreaRatio: rounded(mean(rows.column(1, first + 1, end))) } };
}

/** For each pixel 1 where it is brighter than what is left and right of it, -1 where it is darker, else 0. */
function uprightStrokes(luma: Uint8Array, width: number): Int8Array {
  const strokes = new Int8Array(luma.length);
  for (let row = 0; row < luma.length; row += width) {
    for (let at = row + 3; at < row + width - 3; at++) strokes[at] = strokeAt(luma, at, 1);
  }
  return strokes;
}

function strokeAt(luma: Uint8Array, at: number, step: number): -1 | 0 | 1 {
  const value = luma[at] as number;
  for (let reach = 2; reach <= 3; reach++) {
    const before = value - (luma[at - reach * step] as number);
    const after = value - (luma[at + reach * step] as number);
    if (before > STROKE_CONTRAST && after > STROKE_CONTRAST) return 1;
    if (before < -STROKE_CONTRAST && after < -STROKE_CONTRAST) return -1;
  }
  return 0;
}

function writtenShare(
  luma: Uint8Array,
  width: number,
  height: number,
  now: Int8Array,
  before: Int8Array,
): number {
  const columns = Math.floor(width / CELL_WIDTH);
  const cellRows = Math.floor(height / CELL_HEIGHT);
  let written = 0;
  for (let row = 0; row < cellRows; row++) {
    let run = 0;
    for (let column = 0; column <= columns; column++) {
      const corner = row * CELL_HEIGHT * width + column * CELL_WIDTH;
      if (column < columns && isWritten(luma, width, corner, now, before)) run++;
      else {
        if (run >= MIN_RUN) written += run;
        run = 0;
      }
    }
  }
  const cells = columns * cellRows;
  return cells === 0 ? 0 : written / cells;
}

function isWritten(
  luma: Uint8Array,
  width: number,
  corner: number,
  now: Int8Array,
  before: Int8Array,
): boolean {
  let upright = 0;
  let steady = 0;
  for (let row = corner; row < corner + CELL_HEIGHT * width; row += width) {
    for (let at = row; at < row + CELL_WIDTH; at++) {
      if (now[at] === 0) continue;
      upright++;
      if (now[at] === before[at]) steady++;
    }
  }
  if (upright < MIN_UPRIGHT || steady < MIN_STEADY * upright) return false;
  return lyingStrokes(luma, width, corner) >= MIN_LYING;
}

function lyingStrokes(luma: Uint8Array, width: number, corner: number): number {
  const margin = 3 * width;
  let strokes = 0;
  for (let row = corner; row < corner + CELL_HEIGHT * width; row += width) {
    if (row < margin || row + margin >= luma.length) continue;
    for (let at = row; at < row + CELL_WIDTH; at++) {
      if (at + margin < luma.length && strokeAt(luma, at, width) !== 0) strokes++;
    }
  }
  return strokes;
}
