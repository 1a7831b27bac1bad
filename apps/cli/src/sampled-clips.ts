import type { StageContext, Store } from '@internvid/core';

import type { CurrentSteps } from './dataset.js';
import { clipsWithFrames, type ClipWithFrames } from './steps.js';

/** The sampled clips of a dataset in its order, as the captioner gets them, one shard in memory at a time. */
export async function* sampledClips(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): AsyncGenerator<ClipWithFrames> {
  const source = clipsWithFrames({
    sample: steps.need('sample'),
    split: steps.need('split'),
    collect: steps.need('collect'),
    transcribe: steps.fresh('transcribe'),
  });
  for await (const shard of source.shards({ store, signal })) {
    yield* source.read(shard, { store, signal } as StageContext);
  }
}
