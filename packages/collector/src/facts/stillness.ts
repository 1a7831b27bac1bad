import type { Span } from '@internvid/core';
import { missing, type Found, type Gauge, type Look } from './gauge.js';
import { mean, rounded, rowsIn, series, type Series } from './series.js';

/** Side of the cells that are compared, in analysed pixels. */
const CELL = 16;
/**
 * A cell has changed when its pixels differ by more than this on average, in grey levels. Set on real videos: over stills
 * re-encoded at a low rate the largest cell settles from 2.5, over a machine that only shivers it is 5, over a waiting rocket 3.7.
 */
const CHANGED = 3;
/** A picture held for less is a pause in the movement, not a still. */
const HOLD_SECONDS = 1;

/**
 * How much the picture changes from one look to the next, about 200 ms later.
 *
 * - `freezeRatio`: share of the time in which no cell of 16 pixels changes;
 * - `holdRatio`: the same, only counting stretches of at least a second;
 * - `frameChange`: mean absolute difference of the luma, 0 to 255, on every second pixel of every second row;
 * - `changedAreaRatio`: share of the picture, in cells, that changes; mean over the time.
 */
export function stillness(): Gauge {
  // Time of the look, seconds since the one before, mean change, share of cells changed.
  const changes = series(4);
  let previous: { luma: Uint8Array; timeMs: number } | undefined;
  return {
    look({ timeMs, luma, picture: { width, height } }: Look) {
      if (previous === undefined) {
        previous = { luma: luma.slice(), timeMs };
        changes.push(timeMs, 0, 0, 0);
        return;
      }
      const { sum, changedCells } = compare(previous.luma, luma, width, height);
      changes.push(timeMs, (timeMs - previous.timeMs) / 1000, sum, changedCells);
      previous.luma.set(luma);
      previous.timeMs = timeMs;
    },
    over: (span) => stillnessOver(changes, span),
  };
}

/** The first look of a span is left out: its change belongs to the cut before it. */
function stillnessOver(changes: Series, span: Span): Found {
  const [first, end] = rowsIn(changes, span);
  if (end - first < 2) {
    const names = ['freezeRatio', 'holdRatio', 'frameChange', 'changedAreaRatio'];
    return missing(names, first === end ? 'no-frames' : 'too-short');
  }
  let [seconds, frozen, held, run, changedArea] = [0, 0, 0, 0, 0];
  const endRun = (): void => {
    if (run >= HOLD_SECONDS) held += run;
    run = 0;
  };
  for (let row = first + 1; row < end; row++) {
    const step = changes.at(row, 1);
    const changed = changes.at(row, 3);
    seconds += step;
    changedArea += changed * step;
    if (changed > 0) endRun();
    else {
      frozen += step;
      run += step;
    }
  }
  endRun();
  return {
    facts: {
      freezeRatio: rounded(frozen / seconds),
      holdRatio: rounded(held / seconds),
      frameChange: rounded(mean(changes.column(2, first + 1, end))),
      changedAreaRatio: rounded(changedArea / seconds),
    },
  };
}

function compare(
  before: Uint8Array,
  after: Uint8Array,
  width: number,
  height: number,
): { sum: number; changedCells: number } {
  let sum = 0;
  let pixels = 0;
  let changed = 0;
  let cells = 0;
  for (let top = 0; top < height; top += CELL) {
    for (let left = 0; left < width; left += CELL) {
      const bottom = Math.min(height, top + CELL);
      const right = Math.min(width, left + CELL);
      let difference = 0;
      let count = 0;
      for (let y = top; y < bottom; y += 2) {
        for (let at = y * width + left; at < y * width + right; at += 2, count++) {
          difference += Math.abs((after[at] as number) - (before[at] as number));
        }
      }
      sum += difference;
      pixels += count;
      cells++;
      if (difference > CHANGED * count) changed++;
    }
  }
  return { sum: sum / pixels, changedCells: changed / cells };
}
