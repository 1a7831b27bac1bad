import { fileStore, type Shard, type Source, type ToolkitError } from '@internvid/core';
import { runStage } from '@internvid/core/testing';
import { temporaryFolder } from '../drawn-video.js';

const store = fileStore(temporaryFolder());

/** The shards of a source. */
export async function shardsOf<Out>(source: Source<Out>): Promise<Shard[]> {
  const shards: Shard[] = [];
  const context = { store, signal: new AbortController().signal };
  for await (const shard of source.shards(context)) shards.push(shard);
  return shards;
}

/** What a source gives and rejects, with the accounting of a run, and the messages of what failed. */
export async function readAll<Out>(
  source: Source<Out>,
  shards?: readonly Shard[],
  signal?: AbortSignal,
): Promise<{
  outputs: readonly Out[];
  dropped: readonly { id: string; reason: string }[];
  failed: readonly { id: string; code: string }[];
  messages: readonly string[];
  errors: readonly ToolkitError[];
}> {
  const errors: ToolkitError[] = [];
  const result = await runStage<Shard, Out>(
    {
      name: source.name,
      version: source.version,
      config: source.config,
      async *process(inputs: AsyncIterable<Shard>, context) {
        const fail = (input: { id: string }, error: unknown): void => {
          errors.push(error as ToolkitError);
          context.fail(input, error);
        };
        for await (const shard of inputs) yield* source.read(shard, { ...context, fail });
      },
    },
    shards ?? (await shardsOf(source)),
    signal === undefined ? {} : { signal },
  );
  return { ...result, errors, messages: errors.map(({ message }) => message) };
}
