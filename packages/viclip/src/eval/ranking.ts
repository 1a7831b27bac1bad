/** Scores of queries (rows) against items (columns), row-major; higher is better. 64-bit, so that close scores keep their order. */
export type ScoreMatrix = {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
};

/** How well the true items were ranked; shares in percent. */
export type RankFigures = {
  readonly queries: number;
  /** Share of queries whose best true item is the first, among the first 5, the first 10. */
  readonly r1: number;
  readonly r5: number;
  readonly r10: number;
  /** Mean of the three. */
  readonly mean: number;
  /** Over the queries that have a true item; the mean of the two middle ranks for an even number of them. 0 for none. */
  readonly medianRank: number;
  readonly meanRank: number;
};

/**
 * Rank from 1 of the best true item of each query, undefined where it has none.
 *
 * Of equal scores the item with the larger number comes first: what a stable ascending sort, read backwards, gives. (The
 * published code sorts with an unstable one, so that its ranks of equal scores depend on the machine.)
 *
 * @param truths numbers of the true items of each query.
 * @throws RangeError for a matrix or truths that do not fit, or a score that is not a number.
 */
export function ranksOf(
  scores: ScoreMatrix,
  truths: readonly (readonly number[])[],
): readonly (number | undefined)[] {
  checkMatrix(scores);
  if (truths.length !== scores.rows) {
    throw new RangeError(`truths has ${truths.length} entries for ${scores.rows} queries.`);
  }
  return truths.map((items, row) => {
    const ranks = items.map((item) => rankOf(scores, row, item));
    return ranks.length === 0 ? undefined : Math.min(...ranks);
  });
}

/** Numbers of the `count` best items of a row, best first, equal scores by the rule of `ranksOf`. */
export function bestItems(scores: ScoreMatrix, row: number, count: number): readonly number[] {
  const line = lineOf(scores, row);
  const order = Array.from(line.keys());
  order.sort((a, b) => (line[b] ?? 0) - (line[a] ?? 0) || b - a);
  return order.slice(0, count);
}

/** Recall at 1, 5, 10 and the ranks in two numbers. A query without a true item counts as missed. */
export function rankFigures(ranks: readonly (number | undefined)[]): RankFigures {
  const found = ranks.filter((rank) => rank !== undefined).sort((a, b) => a - b);
  const within = (place: number): number =>
    ranks.length === 0 ? 0 : (100 * found.filter((rank) => rank <= place).length) / ranks.length;
  const [r1, r5, r10] = [within(1), within(5), within(10)];
  const middle = found.length / 2;
  const [low = 0, high = 0] = [found[Math.ceil(middle) - 1], found[Math.floor(middle)]];
  return {
    queries: ranks.length,
    r1,
    r5,
    r10,
    mean: (r1 + r5 + r10) / 3,
    medianRank: (low + high) / 2,
    meanRank: found.length === 0 ? 0 : found.reduce((sum, rank) => sum + rank, 0) / found.length,
  };
}

/** Rows and columns exchanged. */
export function transposed({ rows, columns, values }: ScoreMatrix): ScoreMatrix {
  const turned = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = values[row * columns + column] ?? 0;
    }
  }
  return { rows: columns, columns: rows, values: turned };
}

/** Dot products of all rows of one list of vectors with all of another, summed in 64 bits. */
export function dotProducts(
  rows: readonly Float32Array[],
  columns: readonly Float32Array[],
): ScoreMatrix {
  const values = new Float64Array(rows.length * columns.length);
  for (const [row, a] of rows.entries()) {
    for (const [column, b] of columns.entries()) {
      if (a.length !== b.length) {
        throw new RangeError(`Vectors of ${a.length} and ${b.length} numbers cannot be compared.`);
      }
      let sum = 0;
      for (let place = 0; place < a.length; place++) sum += (a[place] ?? 0) * (b[place] ?? 0);
      values[row * columns.length + column] = sum;
    }
  }
  return { rows: rows.length, columns: columns.length, values };
}

function rankOf(scores: ScoreMatrix, row: number, item: number): number {
  const line = lineOf(scores, row);
  const own = line[item];
  if (own === undefined) {
    throw new RangeError(`truths[${row}] names item ${item}; there are ${scores.columns}.`);
  }
  let rank = 1;
  for (const [other, score] of line.entries()) {
    if (score > own || (score === own && other > item)) rank += 1;
  }
  return rank;
}

function lineOf({ columns, values }: ScoreMatrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns);
}

function checkMatrix({ rows, columns, values }: ScoreMatrix): void {
  if (values.length !== rows * columns) {
    throw new RangeError(`scores has ${values.length} values, not ${rows} x ${columns}.`);
  }
  const odd = values.findIndex((value) => Number.isNaN(value));
  if (odd !== -1) throw new RangeError(`scores has a value that is not a number, at ${odd}.`);
}
