import type { ComparedClip, CopyPair } from '../copies.js';
import { clusterVectors, type Clusters } from './clusters.js';
import type { ClipVectors } from './vectors.js';

/** Pairs kept of one clip, the most alike: enough to find the one that is kept of any group. */
const MOST_PAIRS = 64;

/** How alike clips are in the eyes of a model. */
export type SemanticResult = {
  /** For each clip that has a vector the cosine with the one most like it, of another video. */
  readonly nearest: Float32Array;
  readonly pairs: readonly CopyPair[];
};

/** What counts as alike. */
export type SemanticOptions = {
  /** Cosine from which on clips are copies; none where only the distribution is wanted. */
  readonly threshold?: number;
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * Compares each clip with those in its cluster and in the next nearest, as SemDeDup does (Abbas et al. 2023), clips of other videos
 * alone: neighbours in one video are alike by nature, and not copies. Fewer than 4,000 clips are all compared.
 *
 * @param clips in the order of keeping; vectors of other clips are left out.
 */
export function semanticPairs(
  clips: readonly ComparedClip[],
  vectors: ClipVectors,
  { threshold = Infinity, onProgress }: SemanticOptions = {},
): SemanticResult {
  const numbers = new Map(clips.map(({ id }, number) => [id, number]));
  const rankOf = vectors.clips.map((id) => numbers.get(id));
  const clusters = clusterVectors(vectors);
  const highest = new Float32Array(vectors.clips.length).fill(-1);
  const alike = vectors.clips.map((): Alike[] => []);
  const compare = (one: number, another: number): void => {
    const [a, b] = [rankOf[one], rankOf[another]];
    if (a === undefined || b === undefined || clips[a]?.video === clips[b]?.video) return;
    const least = Math.min(threshold, highest[one] as number, highest[another] as number);
    const similarity = vectors.cosine(one, another, least);
    if (similarity < least) return;
    if (similarity > (highest[one] as number)) highest[one] = similarity;
    if (similarity > (highest[another] as number)) highest[another] = similarity;
    if (similarity < threshold) return;
    keep(alike[one], { other: b, similarity });
    keep(alike[another], { other: a, similarity });
  };
  meetNeighbours(clusters, compare, (done) => onProgress?.(done, vectors.clips.length));
  const pairs = new Map<number, CopyPair>();
  for (const [own, found] of alike.entries()) {
    const rank = rankOf[own];
    if (rank === undefined) continue;
    for (const { other, similarity } of mostAlike(found)) {
      const [a, b] = rank < other ? [rank, other] : [other, rank];
      pairs.set(a * clips.length + b, pairOf(clips, a, b, similarity));
    }
  }
  const known = highest.filter((_, own) => rankOf[own] !== undefined);
  const own = [...pairs.values()].filter(({ b }) => clips[b]?.isReference !== true);
  return { nearest: known, pairs: own.sort((x, y) => x.a - y.a || x.b - y.b) };
}

/** Lets each two vectors meet once that share a cluster, or of which one has the other's for its next nearest. */
function meetNeighbours(
  { members, second }: Clusters,
  meet: (one: number, another: number) => void,
  onDone: (vectors: number) => void,
): void {
  let done = 0;
  for (const [cluster, own] of members.entries()) {
    for (const [place, one] of own.entries()) {
      for (let next = place + 1; next < own.length; next++) meet(one, own[next] as number);
      const neighbour = second[one] as number;
      if (neighbour !== cluster)
        for (const another of members[neighbour] ?? [])
          // Where each is next to the other's cluster they have met there.
          if (cluster < neighbour || second[another] !== cluster) meet(one, another);
      done++;
      onDone(done);
    }
  }
}

type Alike = { readonly other: number; readonly similarity: number };

/** Never holds many more than are kept in the end, whatever there is of one clip. */
function keep(found: Alike[] | undefined, one: Alike): void {
  if (found === undefined) return;
  if (found.length >= 2 * MOST_PAIRS) found.splice(0, found.length, ...mostAlike(found));
  found.push(one);
}

/** Those kept first among equals: the clip that a group keeps is never crowded out by other copies of it. */
function mostAlike(found: readonly Alike[]): readonly Alike[] {
  if (found.length <= MOST_PAIRS) return found;
  return found.toSorted((x, y) => x.other - y.other).slice(0, MOST_PAIRS);
}

function pairOf(
  clips: readonly ComparedClip[],
  a: number,
  b: number,
  similarity: number,
): CopyPair {
  const spanOf = (number: number): ComparedClip['span'] =>
    clips[number]?.span ?? { startMs: 0, endMs: 0 };
  return { a, b, level: 'semantic', similarity, spanA: spanOf(a), spanB: spanOf(b) };
}
