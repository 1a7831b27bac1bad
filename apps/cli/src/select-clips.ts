import {
  clipsTable,
  duration,
  stepsSource,
  videosTable,
  type ClipRow,
  type JsonObject,
  type JsonValue,
  type Score,
  type StageContext,
  type Store,
  type Video,
} from '@internvid/core';
import type { SelectableClip } from '@internvid/generation';

import { type CurrentSteps } from './current-steps.js';
import { scoresByClip } from './dataset.js';
import { withdrawnVideos } from './withdrawn.js';

/**
 * Every clip of a dataset with all that a rule may ask for: `duration_ms`, its facts and scores, and of its video `width`, `height`, `license`
 * and the plain values of the metadata as `metadata.<name>`.
 */
export async function* readSelectable(
  store: Store,
  steps: CurrentSteps,
  signal: AbortSignal,
): AsyncGenerator<SelectableClip> {
  const [split, collect] = [steps.need('split'), steps.need('collect')];
  const scored = (['caption', 'score', 'aesthetics'] as const).map((name) => steps.fresh(name));
  const withdrawn = await withdrawnVideos(store, signal);
  const source = stepsSource<SelectableClip>({
    name: 'read-selectable',
    version: 1,
    steps: [split, collect],
    async *read(rows) {
      const videos = new Map<string, JsonObject>();
      const out = new Set<string>();
      for await (const video of rows(collect, videosTable)) {
        videos.set(video.id, aboutVideo(video));
        if (withdrawn.holds(video)) out.add(video.id);
      }
      const scores = await scoresByClip(rows, ...scored);
      for await (const clip of rows(split, clipsTable)) {
        if (out.has(clip.video)) withdrawn.leaveOut(clip.video);
        else yield selectable(clip, videos.get(clip.video), scores.get(clip.id));
      }
    },
  });
  for await (const shard of source.shards({ store, signal }))
    yield* source.read(shard, { store, signal } as StageContext);
  withdrawn.note();
}

function selectable(
  clip: ClipRow,
  video: JsonObject | undefined,
  scores: readonly Score[] = [],
): SelectableClip {
  const scored = Object.fromEntries(scores.map(({ name, value }) => [name, value]));
  const values = { ...video, ...clip.facts, ...scored, duration_ms: duration(clip.span) };
  return { clip: clip.id, video: clip.video, values };
}

function aboutVideo({ info, license, metadata }: Video): JsonObject {
  const plain = Object.entries(metadata).filter(([, value]) => isPlain(value));
  return {
    ...Object.fromEntries(plain.map(([name, value]) => [`metadata.${name}`, value])),
    ...(license === undefined ? {} : { license }),
    ...(info === undefined
      ? {}
      : { width: info.video.displayWidth, height: info.video.displayHeight }),
  };
}

function isPlain(value: JsonValue): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
