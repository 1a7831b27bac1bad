import type { CaptionedVideo, ChatAsker } from '@internvid/captioner';
import {
  from,
  step,
  stepsSource,
  tableSink,
  type Caption,
  type ReadRows,
  type Step,
  type StepKey,
} from '@internvid/core';

import type { CaptionConfig } from './caption-config.js';
import { defined } from './settings.js';
import { captionsByClip, clipsWithFrames, readClips, type ClipSteps } from './steps.js';

/** Describes each clip in named fields by a chat model. Table: `structured-captions`. */
export async function describeStep(
  steps: ClipSteps,
  asker: ChatAsker,
  { language, maxPictures, concurrency }: CaptionConfig,
): Promise<Step> {
  const { structureClips, structuredCaptionsTable } = await import('@internvid/captioner');
  const options = { asker, ...defined({ language, maxPictures, concurrency }) };
  const pipeline = from(clipsWithFrames(steps)).through(structureClips(options));
  return step('describe', pipeline, tableSink(structuredCaptionsTable));
}

/** Merges the captions of each video's clips into a summary with chapters. Table: `video-summaries`. */
export async function summariseStep(
  caption: StepKey,
  { split, collect }: ClipSteps,
  asker: ChatAsker,
  { language, concurrency }: CaptionConfig,
): Promise<Step> {
  const { summariseVideos, videoSummariesTable } = await import('@internvid/captioner');
  const source = stepsSource<CaptionedVideo>({
    name: 'read-captioned-videos',
    version: 1,
    steps: [caption, split, collect],
    read: (rows) => captionedVideos(rows, caption, split, collect),
  });
  const options = { asker, ...defined({ language, concurrency }) };
  return step(
    'summarise',
    from(source).through(summariseVideos(options)),
    tableSink(videoSummariesTable),
  );
}

/** The videos of a shard with the caption of each clip that says most of it. */
async function* captionedVideos(
  rows: ReadRows,
  caption: StepKey,
  split: StepKey,
  collect: StepKey,
): AsyncGenerator<CaptionedVideo> {
  const captions = await captionsByClip(rows, caption);
  const videos = new Map<string, CaptionedVideo['clips'][number][]>();
  for await (const clip of readClips(rows, split, collect)) {
    const best = wholeCaption(captions.get(clip.id) ?? []);
    if (best === undefined) continue;
    const { text, framesSha256 } = best;
    const known = videos.get(clip.video.id) ?? [];
    known.push({ clip, text, framesSha256 });
    videos.set(clip.video.id, known);
  }
  for (const [id, clips] of videos)
    yield { id, clips: clips.sort((a, b) => a.clip.span.startMs - b.clip.span.startMs) };
}

function wholeCaption(captions: readonly Caption[]): Caption | undefined {
  const plain = captions.filter(({ by }) => by.config['form'] === undefined);
  const scales = ['clip', 'fine', 'coarse'] as const;
  return scales.flatMap((scale) => plain.filter((caption) => caption.scale === scale))[0];
}
