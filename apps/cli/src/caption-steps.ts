import type {
  CaptionInContext,
  CaptionOfVideo,
  Captioner,
  GroundingPolicy,
  MaybeRepeatedCaption,
} from '@internvid/captioner';
import {
  captionsTable,
  clipsTable,
  detectionsTable,
  from,
  step,
  stepsSource,
  tableSink,
  type Caption,
  type ClipRow,
  type Detection,
  type JsonObject,
  type Pipeline,
  type ReadRows,
  type Shard,
  type Source,
  type StageContext,
  type Step,
  type StepKey,
} from '@internvid/core';

import type { RepeatedConfig } from './caption-config.js';
import { defined } from './settings.js';
import { captionsByClip, clipsWithFrames, rowsIn, type ClipSteps } from './steps.js';

/**
 * Captions each clip at every scale. Tables: `captions`, `detections`, and where captions are held against what was measured,
 * `scores` and `caption-claims`.
 */
export async function captionStep(
  steps: ClipSteps,
  captioner: Captioner,
  grounding?: GroundingPolicy,
): Promise<Step> {
  const { captionClips, captionClipsInContext } = await import('@internvid/captioner');
  const clips = from(clipsWithFrames(steps));
  const pipeline =
    grounding === undefined
      ? clips.through(captionClips({ captioner }))
      : await grounded(clips.through(captionClipsInContext({ captioner })), grounding);
  return step('caption', pipeline, tableSink(captionsTable));
}

/** Looks at the frames before a model is asked, for what it is told and judged by. Tables: `captions`, `detections`. */
export async function lookStep(steps: ClipSteps, captioner: Captioner): Promise<Step> {
  return beforehand('look', steps, captioner);
}

/** What a model says of each clip, before all its captions are looked over. Tables: `captions`, `detections`. */
export async function draftStep(steps: ClipSteps, captioner: Captioner): Promise<Step> {
  return beforehand('draft', steps, captioner);
}

async function beforehand(
  name: 'look' | 'draft',
  steps: ClipSteps,
  captioner: Captioner,
): Promise<Step> {
  const { captionClips } = await import('@internvid/captioner');
  const pipeline = from(clipsWithFrames(steps)).through(captionClips({ captioner }));
  return step(name, pipeline, tableSink(captionsTable));
}

/** The steps that captions are settled from. */
export type DraftSteps = Pick<ClipSteps, 'split' | 'look'> & { readonly draft: StepKey };

/**
 * Makes captions of drafts: those that came back for many different videos are set aside, the others are held against what was measured
 * where that is asked for. Tables as of `captionStep`.
 */
export async function settleStep(
  steps: DraftSteps,
  rule: RepeatedConfig | false,
  grounding?: GroundingPolicy,
): Promise<Step> {
  const { quarantineCaptions } = await import('@internvid/captioner');
  const drafts = from(await draftedCaptions(steps, rule));
  const kept = drafts.through(quarantineCaptions<DraftedCaption>());
  const captions = tableSink(captionsTable);
  return grounding === undefined
    ? step('caption', kept, {
        ...captions,
        write: (drafts, target) => captions.write(captionsOf(drafts), target),
      })
    : step('caption', await grounded(kept, grounding), captions);
}

async function* captionsOf(drafts: AsyncIterable<DraftedCaption>): AsyncGenerator<Caption> {
  for await (const { caption } of drafts) yield caption;
}

async function grounded(
  captions: Pipeline<CaptionInContext>,
  policy: GroundingPolicy,
): Promise<Pipeline<Caption>> {
  const { groundCaptions } = await import('@internvid/captioner');
  return captions.through(groundCaptions({ policy }));
}

/** A clip with what was written about it and what was found in it. */
type ClipDrafts = {
  readonly clip: ClipRow;
  readonly captions: readonly Caption[];
  readonly detections: readonly Detection[];
};

type DraftedCaption = CaptionInContext & MaybeRepeatedCaption;

/**
 * The drafts, caption by caption. Which of them are repeated is asked of the whole dataset when the shards are listed, and what of it
 * concerns a shard is part of that shard's input: new videos make anew the shards whose captions they show to be repeated, and no others.
 */
async function draftedCaptions(
  { draft, split, look }: DraftSteps,
  rule: RepeatedConfig | false,
): Promise<Source<DraftedCaption>> {
  const { findRepeatedCaptions, repeatedCaptionKey } = await import('@internvid/captioner');
  const byClip = stepsSource<ClipDrafts>({
    name: 'read-drafts',
    version: 1,
    steps: [draft, split, ...(look === undefined ? [] : [look])],
    config: { repeated: rule && defined(rule) },
    items: rowsIn,
    read: (rows) => readDrafts(rows, draft, split, look),
  });
  return {
    ...byClip,
    async *shards(context) {
      const shards: Shard[] = [];
      for await (const shard of byClip.shards(context)) shards.push(shard);
      const read = (shard: Shard): AsyncIterable<ClipDrafts> =>
        byClip.read(shard, context as StageContext);
      const repeated =
        rule === false
          ? new Set<string>()
          : await findRepeatedCaptions(ofModels(shards, read), defined(rule));
      for (const shard of shards) {
        const keys = new Set<string>();
        if (repeated.size > 0)
          for await (const { captions } of read(shard))
            for (const key of captions.map(repeatedCaptionKey))
              if (repeated.has(key)) keys.add(key);
        yield { ...shard, input: { ...(shard.input as JsonObject), repeated: [...keys].sort() } };
      }
    },
    async *read(shard, context) {
      const repeated = new Set((shard.input as { readonly repeated: readonly string[] }).repeated);
      for await (const { clip, captions, detections } of byClip.read(shard, context)) {
        for (const detection of detections) context.emit(detectionsTable, detection);
        const isRepeated = captions.map((each) => repeated.has(repeatedCaptionKey(each)));
        yield* captions.map((caption, at) => ({
          id: `${clip.id}_${caption.scale}_${at}`,
          caption,
          clip,
          detections,
          others: captions.filter((_, other) => other !== at && isRepeated[other] === false),
          isRepeated: isRepeated[at] ?? false,
        }));
      }
    },
  };
}

/** The clips of a shard that have captions, in order of the clips. */
async function* readDrafts(
  rows: ReadRows,
  draft: StepKey,
  split: StepKey,
  look: StepKey | undefined,
): AsyncGenerator<ClipDrafts> {
  const captions = await captionsByClip(rows, draft);
  const detections = new Map<string, Detection[]>();
  for (const step of look === undefined ? [draft] : [look, draft]) {
    for await (const found of rows(step, detectionsTable)) {
      const known = detections.get(found.clip);
      if (known === undefined) detections.set(found.clip, [found]);
      else known.push(found);
    }
  }
  for await (const clip of rows(split, clipsTable)) {
    const written = captions.get(clip.id);
    if (written !== undefined)
      yield { clip, captions: written, detections: detections.get(clip.id) ?? [] };
  }
}

/** The captions that models wrote; what the embedded captioner measures is alike where the pictures are. */
async function* ofModels(
  shards: readonly Shard[],
  read: (shard: Shard) => AsyncIterable<ClipDrafts>,
): AsyncGenerator<CaptionOfVideo> {
  for (const shard of shards)
    for await (const { clip, captions } of read(shard))
      for (const caption of captions)
        if (caption.by.name !== 'embedded') yield { id: clip.id, caption, video: clip.video };
}
