/** An entry of several rankings together. */
export type FusedMatch = {
  readonly id: string;
  /** Sum over the rankings of `1 / (60 + rank)`. */
  readonly score: number;
  /** Rank from 1 in each ranking, in their order; undefined where it is not among them. */
  readonly ranks: readonly (number | undefined)[];
};

/** Keeps the first ranks from deciding alone (Cormack, Clarke and Büttcher 2009). */
const OFFSET = 60;

/**
 * Puts rankings together whose scores cannot be compared, by the ranks alone (reciprocal rank fusion). Best first; equal scores
 * in code-unit order of their ids.
 *
 * @param rankings ids, best first, each at most once in a ranking.
 */
export function fuseRankings(rankings: readonly (readonly string[])[]): readonly FusedMatch[] {
  const ranks = new Map<string, (number | undefined)[]>();
  for (const [index, ranking] of rankings.entries()) {
    for (const [place, id] of ranking.entries()) {
      const known = ranks.get(id) ?? rankings.map(() => undefined);
      known[index] = place + 1;
      ranks.set(id, known);
    }
  }
  const scoreOf = (own: readonly (number | undefined)[]): number =>
    own.reduce<number>((sum, rank) => sum + (rank === undefined ? 0 : 1 / (OFFSET + rank)), 0);
  return Array.from(ranks, ([id, own]) => ({ id, score: scoreOf(own), ranks: own })).sort(
    (a, b) => b.score - a.score || (a.id < b.id ? -1 : 1),
  );
}
