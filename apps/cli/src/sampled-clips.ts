import type { StageContext } from '@internvid/core';

import { currentSteps } from './current-steps.js';
import type { Session } from './session.js';
import { clipsWithFrames, type ClipWithFrames } from './steps.js';

/** The sampled clips of a dataset in its order, as the captioner gets them, one shard in memory at a time. */
export async function* sampledClips({
  store,
  signal,
  config,
}: Session): AsyncGenerator<ClipWithFrames> {
  const steps = await currentSteps(store);
  const look = config.caption?.readText === true ? steps.fresh('look') : undefined;
  if (config.caption?.readText === true && look === undefined)
    process.stderr.write(
      'The text in the frames is read when the clips are captioned: it is left out here.\n',
    );
  const source = clipsWithFrames({
    sample: steps.need('sample'),
    split: steps.need('split'),
    collect: steps.need('collect'),
    transcribe: steps.fresh('transcribe'),
    look,
  });
  for await (const shard of source.shards({ store, signal })) {
    yield* source.read(shard, { store, signal } as StageContext);
  }
}
