import type { ComparedClip, CopyPair } from '../copies.js';
import { clusterVectors } from './clusters.js';
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
  const { members, nearest, second } = clusterVectors(vectors);
  const highest = new Float32Array(vectors.clips.length).fill(-1);
  const pairs = new Map<number, CopyPair>();
  for (let own = 0; own < vectors.clips.length; own++) {
    const rank = rankOf[own];
    if (rank === undefined) continue;
    const alike: { readonly other: number; readonly similarity: number }[] = [];
    for (const cluster of new Set([nearest[own] as number, second[own] as number])) {
      for (const at of members[cluster] ?? []) {
        const other = rankOf[at];
        if (other === undefined || clips[other]?.video === clips[rank]?.video) continue;
        const similarity = vectors.cosine(own, at);
        if (similarity > (highest[own] as number)) highest[own] = similarity;
        if (similarity >= threshold) alike.push({ other, similarity });
      }
    }
    for (const { other, similarity } of mostAlike(alike)) {
      const [a, b] = rank < other ? [rank, other] : [other, rank];
      pairs.set(a * clips.length + b, pairOf(clips, a, b, similarity));
    }
    onProgress?.(own + 1, vectors.clips.length);
  }
  const known = highest.filter((_, own) => rankOf[own] !== undefined);
  const own = [...pairs.values()].filter(({ b }) => clips[b]?.isReference !== true);
  return { nearest: known, pairs: own.sort((x, y) => x.a - y.a || x.b - y.b) };
}

/** Those kept first among equals: the clip that a group keeps is never crowded out by other copies of it. */
function mostAlike(
  alike: readonly { readonly other: number; readonly similarity: number }[],
): typeof alike {
  if (alike.length <= MOST_PAIRS) return alike;
  return alike.toSorted((x, y) => x.other - y.other).slice(0, MOST_PAIRS);
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
