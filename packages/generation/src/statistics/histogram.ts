/** A bar of a histogram: values from `from` to below `to`. */
export type Bin = { readonly from: number; readonly to: number; readonly count: number };

/** Counts numbers in bins of one width. */
export interface Histogram {
  add(value: number): void;
  readonly count: number;
  readonly sum: number;
  /** From the least value's bin to the greatest value's, empty ones among them; nothing where there is no value. */
  bins(): readonly Bin[];
}

/** Enough to see a shape, few enough to label. */
const MAX_BINS = 30;

/**
 * A histogram whose bins grow with what it sees: their width begins at `width` and doubles until there are at most 30. The same values
 * give the same bins in any order, and memory does not grow with their number.
 */
export function histogram(width: number): Histogram {
  let [count, sum, scale] = [0, 0, 1];
  let [first, last] = [Infinity, -Infinity];
  let counts = new Map<number, number>();
  const widen = (): void => {
    const halved = new Map<number, number>();
    for (const [place, found] of counts) {
      const at = Math.floor(place / 2);
      halved.set(at, (halved.get(at) ?? 0) + found);
    }
    [counts, scale] = [halved, scale * 2];
    [first, last] = [Math.floor(first / 2), Math.floor(last / 2)];
  };
  return {
    get count() {
      return count;
    },
    get sum() {
      return sum;
    },
    add(value) {
      count++;
      sum += value;
      const place = Math.floor(value / (width * scale));
      counts.set(place, (counts.get(place) ?? 0) + 1);
      [first, last] = [Math.min(first, place), Math.max(last, place)];
      while (last - first >= MAX_BINS) widen();
    },
    bins: () =>
      Array.from({ length: count === 0 ? 0 : last - first + 1 }, (_, at) => ({
        from: round((first + at) * width * scale),
        to: round((first + at + 1) * width * scale),
        count: counts.get(first + at) ?? 0,
      })),
  };
}

/** Without the last digits, which multiplying makes. */
function round(value: number): number {
  return Number(value.toPrecision(9));
}
