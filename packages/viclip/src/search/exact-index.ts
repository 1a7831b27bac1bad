import { unitVector } from './unit-vector.js';

/** An entry found, with the cosine of the angle between its vector and the query, -1 to 1. */
export type Match = { readonly id: string; readonly similarity: number };

/** How many matches, and among which entries. */
export type SearchOptions = {
  /** Matches at most, at least 1. */
  readonly limit: number;
  /** Only entries for which this is true. Default: all. */
  readonly where?: (id: string) => boolean;
};

/** Vectors by id, compared one by one: exact, no training, time and memory linear in the number of entries. */
export interface ExactIndex {
  readonly dimension: number;
  readonly size: number;
  /**
   * Takes a copy of the vector, scaled to unit length.
   *
   * @throws RangeError for an id that is there already, a wrong length, a zero vector or a number that is not finite.
   */
  add(id: string, vector: Float32Array): void;
  /** The most similar entries, best first; equal similarities in code-unit order of their ids. */
  search(query: Float32Array, options: SearchOptions): readonly Match[];
  /**
   * Place of one entry among all for a query, from 1, in the order of `search`.
   *
   * @throws RangeError for an id that is not there.
   */
  rank(query: Float32Array, id: string): number;
}

/** An empty index for vectors of one length. It holds four bytes a number, and up to twice that while it grows. */
export function exactIndex(dimension: number): ExactIndex {
  if (!Number.isInteger(dimension) || dimension < 1) {
    throw new RangeError(`dimension must be a whole number of at least 1, got ${dimension}.`);
  }
  const ids: string[] = [];
  const rows = new Map<string, number>();
  let matrix = new Float32Array(dimension * 1024);

  const similarity = (row: number, query: Float32Array): number => {
    const start = row * dimension;
    let sum = 0;
    for (let column = 0; column < dimension; column++) {
      sum += (matrix[start + column] ?? 0) * (query[column] ?? 0);
    }
    return sum;
  };

  return {
    dimension,
    get size() {
      return ids.length;
    },
    add(id, vector) {
      if (rows.has(id)) throw new RangeError(`"${id}" is in the index already.`);
      const unit = unitVector(vector, dimension);
      const row = ids.length;
      if ((row + 1) * dimension > matrix.length) matrix = grown(matrix);
      matrix.set(unit, row * dimension);
      rows.set(id, row);
      ids.push(id);
    },
    search(query, { limit, where }) {
      if (!Number.isInteger(limit) || limit < 1) {
        throw new RangeError(`options.limit must be a whole number of at least 1, got ${limit}.`);
      }
      const unit = unitVector(query, dimension);
      const best: Match[] = [];
      for (const [row, id] of ids.entries()) {
        if (where !== undefined && !where(id)) continue;
        keepBest(best, { id, similarity: similarity(row, unit) }, limit);
      }
      return best;
    },
    rank(query, id) {
      const row = rows.get(id);
      if (row === undefined) throw new RangeError(`"${id}" is not in the index.`);
      const unit = unitVector(query, dimension);
      const own = { id, similarity: similarity(row, unit) };
      const better = ids.filter((other, place) =>
        isBefore({ id: other, similarity: similarity(place, unit) }, own),
      );
      return better.length + 1;
    },
  };
}

/** Keeps `best` sorted and no longer than `limit`. */
function keepBest(best: Match[], match: Match, limit: number): void {
  const last = best.at(-1);
  if (best.length === limit && last !== undefined && !isBefore(match, last)) return;
  let low = 0;
  let high = best.length;
  while (low < high) {
    const probe = (low + high) >>> 1;
    const other = best[probe];
    if (other !== undefined && isBefore(other, match)) low = probe + 1;
    else high = probe;
  }
  best.splice(low, 0, match);
  if (best.length > limit) best.pop();
}

function isBefore(a: Match, b: Match): boolean {
  return a.similarity === b.similarity ? a.id < b.id : a.similarity > b.similarity;
}

function grown(matrix: Float32Array): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(matrix.length * 2);
  larger.set(matrix);
  return larger;
}
