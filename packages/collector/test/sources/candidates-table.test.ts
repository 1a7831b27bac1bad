import { from, localExecutor, step, tableSink, type Source } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';
import type { VideoCandidate } from '../../src/download/candidate.js';
import { applyQuotas } from '../../src/query/apply-quotas.js';
import { candidatesTable, listedCandidates } from '../../src/sources/candidates-table.js';

function listOf(
  lists: Readonly<Record<string, readonly VideoCandidate[]>>,
): Source<VideoCandidate> {
  return {
    name: 'lists',
    version: 1,
    config: {},
    async *shards() {
      for (const [id, items] of Object.entries(lists))
        yield { id, input: items.map((item) => item.id) };
    },
    async *read(shard) {
      yield* lists[shard.id] ?? [];
    },
  };
}

const video = (id: string, channel: string): VideoCandidate => ({
  id,
  url: `https://h.example/${id}.mp4`,
  via: 'http',
  metadata: { channel },
});

describe('listed candidates', () => {
  const rich: VideoCandidate = {
    ...video('rich', 'a'),
    license: 'CC-BY',
    spans: [{ startMs: 1, endMs: 2 }],
    subtitles: [{ url: 'https://h.example/s.vtt', language: 'en', isAutomatic: true }],
  };
  const lists = {
    one: [rich, video('b', 'a'), video('c', 'b')],
    two: [video('b', 'a'), video('d', 'a')],
  };

  it('come back as they were written, each once, in shards of their own size', async () => {
    const store = memoryStore();
    const listing = step('list', from(listOf(lists)), tableSink(candidatesTable));
    await localExecutor({ concurrency: 1 }).run(listing, { store });
    const source = listedCandidates(listing, { rowsPerShard: 2 });
    const copy = step('copy', from(source), tableSink(candidatesTable));
    const { totals } = await localExecutor({ concurrency: 1 }).run(copy, { store });
    const shards: string[] = [];
    for await (const { id } of source.shards({ store, signal: new AbortController().signal }))
      shards.push(id);
    expect(shards).toEqual(['one-000000000', 'one-000000002', 'two-000000000']);
    expect(totals.stages).toMatchObject([{ dropped: { 'duplicate-video': 1 }, out: 4 }]);
    const again = listedCandidates(copy, { together: true });
    const read: VideoCandidate[] = [];
    const context = { store, signal: new AbortController().signal } as never;
    for await (const shard of again.shards(context))
      for await (const row of again.read(shard, context)) read.push(row);
    expect(read).toEqual([rich, video('b', 'a'), video('c', 'b'), video('d', 'a')]);
  });

  it('taken together obey quotas over all lists', async () => {
    const store = memoryStore();
    const listing = step('list', from(listOf(lists)), tableSink(candidatesTable));
    await localExecutor({ concurrency: 2 }).run(listing, { store });
    const chosen = step(
      'choose',
      from(listedCandidates(listing, { together: true })).through(
        applyQuotas({ quotas: [{ by: 'channel', max: 1 }] }),
      ),
      tableSink(candidatesTable),
    );
    const { totals } = await localExecutor({ concurrency: 1 }).run(chosen, { store });
    expect(totals.stages[1]).toMatchObject({
      in: 4,
      kept: 2,
      dropped: { 'over-quota-channel': 2 },
    });
  });
});
