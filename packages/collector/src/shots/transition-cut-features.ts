import { matchMotion } from './transition-shift.js';
import {
  CELLS,
  COLOUR_BINS,
  colourDifference,
  HALF_CELLS,
  LUMA_BINS,
  type SmallFrame,
} from './transition-small-frame.js';
import type { FrameWindow } from './transition-window.js';

// Bound once: inside Jest each look-up of a global costs a call.
const { abs, floor, log, max, min, sqrt } = Math;

/** Added below ratios: differences of this many grey levels are noise of any encoding. */
const FLOOR = 0.3;
/** A return to the old picture is looked for so many usual steps away. */
const RETURN_REACH = 12;
/** Side of the blocks that are counted as changed, in cells of the full grid. */
const BLOCK = 8;

/** Smallest change that can be a cut: mean grey levels, and how it compares with the changes around. */
const LEAST_CHANGE = 0.12;
const LEAST_OVER_NEIGHBOURS = 0.7;
const LEAST_OVER_MEDIAN = 1.5;

/** Whether a frame may be the first of a shot at all: a cheap test that leaves a few frames in a hundred. */
export function mayBeCut(window: FrameWindow, index: number): boolean {
  if (index < 1 || index >= window.length) return false;
  const change = changeAt(window, index);
  if (change < LEAST_CHANGE) return false;
  const next = index + 1 < window.length ? changeAt(window, index + 1) : 0;
  const neighbours = max(index > 1 ? changeAt(window, index - 1) : 0, next);
  if (change < LEAST_OVER_NEIGHBOURS * neighbours) return false;
  return change >= LEAST_OVER_MEDIAN * medianChange(window, index, 8);
}

/** Measures the change from a frame's predecessor to it and everything around; the same quantities in the same order always. */
export function cutFeatures(window: FrameWindow, index: number): number[] {
  const stride = window.strideAt(index);
  const before = window.at(index - 1);
  const after = window.at(index);
  return [
    ...neighbourhood(window, index, stride),
    ...returns(window, index, stride),
    ...motion(window, index),
    ...histograms(window, index, stride),
    ...changedBlocks(before, after),
    ...light(before, after),
  ];
}

function changeAt(window: FrameWindow, index: number): number {
  const frame = window.at(index);
  return frame.lumaStep + 0.5 * frame.colourStep;
}

/** The change of a frame of the video, 0 outside it and for its first frame. */
function insideChange(window: FrameWindow, index: number): number {
  return index < 1 || index >= window.length ? 0 : changeAt(window, index);
}

function medianChange(window: FrameWindow, index: number, reach: number): number {
  const changes: number[] = [];
  for (let at = index - reach; at <= index + reach; at++) {
    if (at !== index && at >= 1 && at < window.length) changes.push(changeAt(window, at));
  }
  changes.sort((a, b) => a - b);
  return changes[changes.length >> 1] ?? 0;
}

function neighbourhood(window: FrameWindow, index: number, stride: number): number[] {
  const change = changeAt(window, index);
  const over = (other: number): number => log((change + FLOOR) / (other + FLOOR));
  const largest = (first: number, last: number): number => {
    let most = 0;
    for (let at = first; at <= last; at++) most = max(most, insideChange(window, at));
    return most;
  };
  const far = 6 * stride;
  const before = largest(index - far, index - 2);
  const after = largest(index + 2, index + far);
  return [
    log(change + 0.1),
    log(window.at(index).colourStep + 0.1),
    over(insideChange(window, index - 1)),
    over(insideChange(window, index + 1)),
    over(before),
    over(after),
    over(max(largest(index - 12 * stride, index - 1), largest(index + 1, index + 12 * stride))),
    over(medianChange(window, index, far)),
    log(medianChange(window, index, far) + 0.1),
  ];
}

/** Mean absolute difference of luma and colour, half-size. */
function difference(a: SmallFrame, b: SmallFrame): number {
  const luma = a.sums.absolute(a.colour, b.colour, HALF_CELLS);
  return (luma + 0.25 * colourDifference(a, b)) / HALF_CELLS;
}

/** Mean absolute difference of the normalised pictures: light does not count. */
function structuralDifference(a: SmallFrame, b: SmallFrame): number {
  return a.sums.absolute(a.structure, b.structure, HALF_CELLS) / HALF_CELLS;
}

/** Whether the picture from before comes back, or was there already: as after a flash, a passing object, a repeated frame. */
function returns(window: FrameWindow, index: number, stride: number): number[] {
  const before = window.at(index - 1);
  const after = window.at(index);
  const own = difference(before, after) + FLOOR;
  const ownStructure = structuralDifference(before, after) + 0.03;
  const least = { ahead: Infinity, back: Infinity, cross: Infinity };
  const leastStructure = { ahead: Infinity, back: Infinity, cross: Infinity };
  const look = (name: keyof typeof least, a: SmallFrame, b: SmallFrame): void => {
    least[name] = min(least[name], difference(a, b));
    leastStructure[name] = min(leastStructure[name], structuralDifference(a, b));
  };
  for (let step = 1; step <= RETURN_REACH; step++) {
    look('ahead', before, window.at(index + step * stride));
    look('back', window.at(index - 1 - step * stride), after);
  }
  for (const back of [1, 2, 4]) {
    for (const ahead of [1, 2, 4, 7])
      look('cross', window.at(index - 1 - back * stride), window.at(index + ahead * stride));
  }
  const shortBefore = difference(window.at(index - 3 * stride), before);
  const shortAfter = difference(after, window.at(index + 2 * stride));
  const longBefore = difference(window.at(index - 1 - 6 * stride), before);
  const longAfter = difference(after, window.at(index + 6 * stride));
  const longStructure = max(
    structuralDifference(window.at(index - 1 - 6 * stride), before),
    structuralDifference(after, window.at(index + 6 * stride)),
  );
  return [
    least.ahead / own,
    least.back / own,
    least.cross / own,
    leastStructure.ahead / ownStructure,
    leastStructure.back / ownStructure,
    leastStructure.cross / ownStructure,
    log(own / (shortBefore + FLOOR)),
    log(own / (shortAfter + FLOOR)),
    log(own / (longBefore + FLOOR)),
    log(own / (longAfter + FLOOR)),
    log(ownStructure / (longStructure + 0.03)),
    ownStructure,
  ];
}

function motion(window: FrameWindow, index: number): number[] {
  const here = matchMotion(window.at(index - 1), window.at(index));
  const before = matchMotion(window.at(index - 2), window.at(index - 1));
  const after = matchMotion(window.at(index), window.at(index + 1));
  const around = max(before.blocks, after.blocks);
  return [
    here.shifted,
    here.shifted / (here.still + 0.02),
    here.distance,
    here.blocks,
    here.blocks / (here.still + 0.02),
    here.lost,
    log((here.blocks + 0.02) / (before.blocks + 0.02)),
    log((here.blocks + 0.02) / (after.blocks + 0.02)),
    log((here.shifted + 0.02) / (max(before.shifted, after.shifted) + 0.02)),
    around,
    max(before.lost, after.lost),
    max(before.distance, after.distance),
  ];
}

function histogramDistance(a: Float32Array, b: Float32Array, bins: number): number {
  let sum = 0;
  for (let bin = 0; bin < bins; bin++) sum += abs((a[bin] as number) - (b[bin] as number));
  return sum / 2;
}

/** Earth mover's distance of luma in grey levels. */
function lumaTransport(a: Float32Array, b: Float32Array): number {
  let [sum, carried] = [0, 0];
  for (let bin = 0; bin < LUMA_BINS; bin++) {
    carried += (a[bin] as number) - (b[bin] as number);
    sum += abs(carried);
  }
  return (sum * 256) / LUMA_BINS;
}

function histograms(window: FrameWindow, index: number, stride: number): number[] {
  const [a, b] = [window.at(index - 1), window.at(index)];
  const luma = histogramDistance(a.lumaHistogram, b.lumaHistogram, LUMA_BINS);
  const colour = histogramDistance(a.colourHistogram, b.colourHistogram, COLOUR_BINS);
  const [before, after] = [window.at(index - 1 - 3 * stride), window.at(index + 3 * stride)];
  const around = max(
    histogramDistance(before.lumaHistogram, a.lumaHistogram, LUMA_BINS),
    histogramDistance(b.lumaHistogram, after.lumaHistogram, LUMA_BINS),
  );
  const colourAround = max(
    histogramDistance(before.colourHistogram, a.colourHistogram, COLOUR_BINS),
    histogramDistance(b.colourHistogram, after.colourHistogram, COLOUR_BINS),
  );
  return [
    luma,
    colour,
    lumaTransport(a.lumaHistogram, b.lumaHistogram),
    log((luma + 0.02) / (around + 0.02)),
    log((colour + 0.02) / (colourAround + 0.02)),
  ];
}

/** Where the change is: all over, or in a few blocks of which some lie in the lowest quarter, as a subtitle does. */
function changedBlocks(a: SmallFrame, b: SmallFrame): number[] {
  const columns = a.width / BLOCK;
  const rows = a.height / BLOCK;
  const changes: number[] = [];
  let [total, low] = [0, 0];
  let [first, last, left, right] = [rows, -1, columns, -1];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const change = blockChange(a, b, row, column);
      changes.push(change);
      total += change;
      if (row >= rows * 0.7) low += change;
      if (change < 2) continue;
      [first, last] = [min(first, row), max(last, row)];
      [left, right] = [min(left, column), max(right, column)];
    }
  }
  changes.sort((x, y) => x - y);
  const quantile = (share: number): number =>
    changes[floor(share * (changes.length - 1))] as number;
  const box = last < 0 ? 0 : ((last - first + 1) * (right - left + 1)) / changes.length;
  return [
    log(quantile(0.1) + 0.1),
    log(quantile(0.5) + 0.1),
    log(quantile(0.9) + 0.1),
    quantile(1) / (total / changes.length + FLOOR),
    changes.filter((change) => change >= 2).length / changes.length,
    changes.filter((change) => change >= 8).length / changes.length,
    low / (total + FLOOR),
    box,
    last < 0 ? 1 : first / rows,
  ];
}

function blockChange(a: SmallFrame, b: SmallFrame, row: number, column: number): number {
  let sum = 0;
  for (let y = row * BLOCK; y < (row + 1) * BLOCK; y++) {
    const start = y * a.width + column * BLOCK;
    for (let at = start; at < start + BLOCK; at++)
      sum += abs((a.luma[at] as number) - (b.luma[at] as number));
  }
  return sum / (BLOCK * BLOCK);
}

function light(a: SmallFrame, b: SmallFrame): number[] {
  let [brighter, sum] = [0, 0];
  for (let cell = 0; cell < CELLS; cell++) {
    const change = (b.luma[cell] as number) - (a.luma[cell] as number);
    if (change > 0) brighter++;
    sum += abs(change);
  }
  const mean = b.mean - a.mean;
  return [
    mean,
    abs(mean) / (sum / CELLS + FLOOR),
    brighter / CELLS,
    log((b.deviation + 1) / (a.deviation + 1)),
    min(a.deviation, b.deviation),
    max(a.deviation, b.deviation),
    max(a.mean, b.mean),
    min(a.mean, b.mean),
    correlation(a, b),
    edgeCorrelation(a, b),
    abs(a.colourfulness - b.colourfulness),
  ];
}

function correlation(a: SmallFrame, b: SmallFrame): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let cell = 0; cell < CELLS; cell++) {
    const x = (a.luma[cell] as number) - a.mean;
    const y = (b.luma[cell] as number) - b.mean;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return (ab + CELLS) / (sqrt(aa * bb) + CELLS);
}

/** Correlation of the gradients, both directions together. */
function edgeCorrelation(a: SmallFrame, b: SmallFrame): number {
  const { width, height } = a;
  let [ab, aa, bb] = [0, 0, 0];
  for (let y = 1; y < height; y++) {
    for (let at = y * width + 1; at < (y + 1) * width; at++) {
      const ax = (a.luma[at] as number) - (a.luma[at - 1] as number);
      const bx = (b.luma[at] as number) - (b.luma[at - 1] as number);
      const ay = (a.luma[at] as number) - (a.luma[at - width] as number);
      const by = (b.luma[at] as number) - (b.luma[at - width] as number);
      ab += ax * bx + ay * by;
      aa += ax * ax + ay * ay;
      bb += bx * bx + by * by;
    }
  }
  return (ab + CELLS) / (sqrt(aa * bb) + CELLS);
}
