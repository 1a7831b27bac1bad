import type { JsonObject, Source } from '@internvid/core';

/** Several sources as one, a shard of each after those of the one before. Their names tell them apart. */
export function joinSources<Item>(sources: readonly Source<Item>[]): Source<Item> {
  const parts = sources.map(({ name, version, config }) => ({ name, version, config }));
  return {
    name: 'sources',
    version: 1,
    config: { sources: parts },
    async *shards(context) {
      for (const source of sources) {
        for await (const shard of source.shards(context))
          yield { ...shard, input: { source: source.name, input: shard.input } };
      }
    },
    async *read(shard, context) {
      const { source: name, input } = shard.input as JsonObject;
      const source = sources.find((each) => each.name === name);
      if (source === undefined || input === undefined)
        throw new TypeError(`Shard ${shard.id} is of no source that was joined.`);
      yield* source.read({ ...shard, input }, context);
    },
  };
}
