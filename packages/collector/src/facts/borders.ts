import type { Span } from '@internvid/core';
import { missing, type Found, type Gauge, type Look } from './gauge.js';
import { quantile, rounded, rowsIn, series, type Series } from './series.js';

/** A bar on one side: its width in analysed pixels, and whether the picture begins behind it along a straight line. */
type Bar = { readonly pixels: number; readonly hasEdge: boolean };

/** The sides in the order in which they are kept. */
type Bars = { readonly top: Bar; readonly bottom: Bar; readonly left: Bar; readonly right: Bar };

/** A row or column is black when its mean luma is at most this. Black of video range is 16 before it is spread to 0. */
const BLACK_MEAN = 12;
/** … and when no more than this share of it is brighter than `BRIGHT`: a logo or a line of text in a bar does not end it. */
const BRIGHT = 40;
const MAX_BRIGHT_SHARE = 0.02;
/** A straight edge: this share of its pixels is brighter behind it than before it, by so many grey levels. */
const EDGE_SHARE = 0.4;
const EDGE_STEP = 5;
/** The edge must show in this share of the looks: beside a dark scene it cannot. */
const MIN_EDGES = 0.3;
/** The bar itself must be black in all looks but this share. */
const UNSTEADY_SHARE = 0.05;
/** Bars narrower than this are the dirt of an encoder, in analysed pixels. */
const MIN_PIXELS = 2;
/** Where more than this share of the height or the width is black, nothing can be told. */
const MAX_BLACK = 0.8;

/**
 * Black bars at the edges that stay: rows and columns of luma 12 at most in 95 % of the looks, with a straight edge at one place in at
 * least 30 % of them. Looks that are black all over say nothing. Bars that are coloured, or filled with a blurred copy of the
 * picture, are not seen.
 *
 * - `borderPixels`: `{ top, bottom, left, right }` in pixels of the analysed frame, whose longer side is 256 at most;
 * - `letterboxRatio`: share of the height that top and bottom take, `pillarboxRatio`: share of the width that left and right take;
 * - `borderRatio`: share of the picture's area that lies in bars.
 */
export function bordersGauge(): Gauge {
  const rows = series(9);
  let size = { width: 1, height: 1 };
  return {
    look({ timeMs, luma, picture }: Look) {
      size = { width: picture.width, height: picture.height };
      const bars = findBars(luma, picture.width, picture.height);
      if (bars === undefined) return;
      const { top, bottom, left, right } = bars;
      rows.push(timeMs, ...[top, bottom, left, right].flatMap((bar) => [bar.pixels, +bar.hasEdge]));
    },
    over: (span) => bordersOver(rows, span, size),
  };
}

const NAMES = ['borderPixels', 'letterboxRatio', 'pillarboxRatio', 'borderRatio'];

function bordersOver(
  rows: Series,
  span: Span,
  { width, height }: { width: number; height: number },
): Found {
  const [first, end] = rowsIn(rows, span);
  if (first === end) return missing(NAMES, 'no-picture');
  const steady = (column: number): number =>
    steadyBar(rows.column(column, first, end), rows.column(column + 1, first, end));
  const [top, bottom, left, right] = [steady(1), steady(3), steady(5), steady(7)];
  const letterbox = (top + bottom) / height;
  const pillarbox = (left + right) / width;
  return {
    facts: {
      borderPixels: { top, bottom, left, right },
      letterboxRatio: rounded(letterbox),
      pillarboxRatio: rounded(pillarbox),
      borderRatio: rounded(1 - (1 - letterbox) * (1 - pillarbox)),
    },
  };
}

/** Width of the bar that stays: where its edges show most often, if all other looks are black at least as far. */
function steadyBar(widths: readonly number[], edges: readonly number[]): number {
  const shown = widths.filter((_, index) => edges[index] === 1);
  if (shown.length < MIN_EDGES * widths.length) return 0;
  const width = quantile(shown, 0.5);
  const isSteady =
    width >= MIN_PIXELS &&
    quantile(widths, UNSTEADY_SHARE) >= width - 1 &&
    shown.filter((pixels) => Math.abs(pixels - width) <= 1).length >= MIN_EDGES * widths.length;
  return isSteady ? width : 0;
}

/** The bars of one picture, `undefined` where it is black nearly all over. */
function findBars(luma: Uint8Array, width: number, height: number): Bars | undefined {
  const row = (y: number): Line => ({ start: y * width, step: 1, count: width });
  const top = blackLines(luma, row, 0, 1, height);
  if (top > MAX_BLACK * height) return undefined;
  const bottom = blackLines(luma, row, height - 1, -1, height);
  const inside = height - top - bottom;
  const column = (x: number): Line => ({ start: top * width + x, step: width, count: inside });
  const left = blackLines(luma, column, 0, 1, width);
  if (left > MAX_BLACK * width) return undefined;
  const right = blackLines(luma, column, width - 1, -1, width);
  if (top + bottom > MAX_BLACK * height || left + right > MAX_BLACK * width) return undefined;
  return {
    top: { pixels: top, hasEdge: hasEdge(luma, row, top - 1, 1) },
    bottom: { pixels: bottom, hasEdge: hasEdge(luma, row, height - bottom, -1) },
    left: { pixels: left, hasEdge: hasEdge(luma, column, left - 1, 1) },
    right: { pixels: right, hasEdge: hasEdge(luma, column, width - right, -1) },
  };
}

/** A row or a column of a picture, as places in its plane. */
type Line = { readonly start: number; readonly step: number; readonly count: number };

function blackLines(
  luma: Uint8Array,
  line: (index: number) => Line,
  first: number,
  direction: 1 | -1,
  most: number,
): number {
  let lines = 0;
  while (lines < most && isBlack(luma, line(first + direction * lines))) lines++;
  return lines;
}

function isBlack(luma: Uint8Array, { start, step, count }: Line): boolean {
  let sum = 0;
  let bright = 0;
  for (let index = 0, at = start; index < count; index++, at += step) {
    const value = luma[at] as number;
    sum += value;
    if (value > BRIGHT) bright++;
  }
  return sum <= BLACK_MEAN * count && bright <= MAX_BRIGHT_SHARE * count;
}

/** Whether the picture begins within two lines behind the last black one, at most of its length: scaling blurs the edge. */
function hasEdge(
  luma: Uint8Array,
  line: (index: number) => Line,
  last: number,
  inwards: 1 | -1,
): boolean {
  const before = line(last);
  const behind = line(last + 2 * inwards);
  let steps = 0;
  for (let index = 0; index < before.count; index++) {
    const from = luma[before.start + index * before.step] ?? 0;
    const to = luma[behind.start + index * behind.step] ?? 0;
    if (to - from > EDGE_STEP) steps++;
  }
  return steps >= EDGE_SHARE * before.count;
}
