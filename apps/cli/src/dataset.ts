import {
  embeddingsTable,
  readManifest,
  readStepTable,
  stepsSource,
  ToolkitError,
  type Manifest,
  type StageContext,
  type StepKey,
  type Store,
} from '@internvid/core';
import type { Sample } from '@internvid/generation';

import { captionsByClip, readClipsWithFrames, type StepName } from './steps.js';

/** The current steps of a dataset by name. */
export type CurrentSteps = {
  readonly manifest: Manifest;
  find(name: StepName): StepKey | undefined;
  /** @throws ToolkitError `not-found` that names the command to run first. */
  need(name: StepName): StepKey;
};

/** Opens a dataset that is there. */
export async function currentSteps(store: Store): Promise<CurrentSteps> {
  const manifest = await readManifest(store);
  const find = (name: StepName): StepKey | undefined => {
    const found = manifest.steps[name];
    return found && { name, fingerprint: found.fingerprint };
  };
  return {
    manifest,
    find,
    need(name) {
      const found = find(name);
      if (found !== undefined) return found;
      const first =
        name === 'collect'
          ? `internvid collect VIDEOS --out ${store.location}`
          : `internvid ${name} ${store.location}`;
      throw new ToolkitError(
        'not-found',
        `${store.location} has no ${name} step yet. Run first: ${first}`,
      );
    },
  };
}

/** Every captioned clip of a dataset, joined with its video, frames and captions, one shard in memory at a time. */
export async function* readSamples(store: Store, signal: AbortSignal): AsyncGenerator<Sample> {
  const steps = await currentSteps(store);
  const [caption, sample, split, collect] = [
    steps.need('caption'),
    steps.need('sample'),
    steps.need('split'),
    steps.need('collect'),
  ];
  const source = stepsSource<Sample>({
    name: 'read-samples',
    version: 1,
    steps: [caption, sample, split, collect],
    async *read(rows) {
      const captions = await captionsByClip(rows, caption);
      for await (const { clip, frames } of readClipsWithFrames(rows, { sample, split, collect })) {
        const ofClip = captions.get(clip.id);
        if (ofClip !== undefined) yield { clip, frames, captions: ofClip };
      }
    },
  });
  for await (const shard of source.shards({ store, signal })) {
    yield* source.read(shard, { store, signal } as StageContext);
  }
}

/** Every embedding of a dataset's embed step. */
export async function* readEmbeddings(
  store: Store,
  signal: AbortSignal,
): ReturnType<typeof readStepTable<ReturnType<typeof embeddingsTable.fromCells>>> {
  yield* readStepTable(store, (await currentSteps(store)).need('embed'), embeddingsTable, signal);
}
