import type { Shard, Source } from '@internvid/core';
import type { VideoCandidate } from '../../src/download/candidate.js';

/** Candidates in shards of a given size. */
export function candidateSource(
  candidates: readonly VideoCandidate[],
  perShard: number,
): Source<VideoCandidate> {
  return {
    name: 'candidates',
    version: 1,
    config: {},
    async *shards() {
      for (let start = 0; start < candidates.length; start += perShard) {
        const input = candidates.slice(start, start + perShard).map(({ id }) => id);
        yield { id: `shard-${String(start).padStart(4, '0')}`, input } satisfies Shard;
      }
    },
    async *read(shard) {
      const ids = new Set(shard.input as string[]);
      yield* candidates.filter(({ id }) => ids.has(id));
    },
  };
}
