import {
  embeddingsTable,
  readStepTable,
  scoresTable,
  stepsSource,
  type ReadRows,
  type Score,
  type StageContext,
  type StepKey,
  type Store,
} from '@internvid/core';
import type { Sample } from '@internvid/generation';

import { currentSteps } from './current-steps.js';
import { captionsByClip, readClipsWithFrames } from './steps.js';
import { withdrawnVideos } from './withdrawn.js';

/** Scores of a shard by clip, of all steps that gave some. */
export async function scoresByClip(
  rows: ReadRows,
  ...steps: readonly (StepKey | undefined)[]
): Promise<ReadonlyMap<string, readonly Score[]>> {
  const scores = new Map<string, Score[]>();
  for (const step of steps) {
    if (step === undefined) continue;
    for await (const row of rows(step, scoresTable)) {
      const known = scores.get(row.clip);
      if (known === undefined) scores.set(row.clip, [row]);
      else known.push(row);
    }
  }
  return scores;
}

/**
 * Every captioned clip of a dataset, joined with its video, frames, captions and scores, one shard in memory at a time.
 *
 * @param said is filled with what is said in each clip, by its id, as the clip comes, and emptied again with its shard.
 */
export async function* readSamples(
  store: Store,
  signal: AbortSignal,
  said?: Map<string, string>,
): AsyncGenerator<Sample> {
  const steps = await currentSteps(store);
  const [caption, sample, split, collect] = [
    steps.need('caption'),
    steps.need('sample'),
    steps.need('split'),
    steps.need('collect'),
  ];
  const [score, aesthetics] = [steps.fresh('score'), steps.fresh('aesthetics')];
  const transcribe = said && steps.need('transcribe');
  const withdrawn = await withdrawnVideos(store, signal);
  const source = stepsSource<Sample>({
    name: 'read-samples',
    version: 1,
    steps: [caption, sample, split, collect],
    async *read(rows) {
      said?.clear();
      const captions = await captionsByClip(rows, caption);
      const scores = await scoresByClip(rows, caption, score, aesthetics);
      const clips = readClipsWithFrames(rows, { sample, split, collect, transcribe });
      for await (const { clip, frames, context } of clips) {
        if (context?.transcript !== undefined) said?.set(clip.id, context.transcript);
        if (withdrawn.has(clip.video)) continue;
        const ofClip = captions.get(clip.id);
        const scored = scores.get(clip.id);
        if (ofClip !== undefined)
          yield {
            clip,
            frames,
            captions: ofClip,
            ...(scored === undefined ? {} : { scores: scored }),
          };
      }
    },
  });
  for await (const shard of source.shards({ store, signal })) {
    yield* source.read(shard, { store, signal } as StageContext);
  }
  withdrawn.note();
}

/** Every embedding of a dataset's embed step. */
export async function* readEmbeddings(
  store: Store,
  signal: AbortSignal,
): ReturnType<typeof readStepTable<ReturnType<typeof embeddingsTable.fromCells>>> {
  yield* readStepTable(store, (await currentSteps(store)).need('embed'), embeddingsTable, signal);
}
