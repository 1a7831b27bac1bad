import {
  captionsTable,
  embeddingsTable,
  from,
  scoresTable,
  step,
  stepsSource,
  tableSink,
  type Embedding,
  type RunReport,
  type Source,
  type Step,
  type StepKey,
} from '@internvid/core';
import type { CaptionToScore, VideoTextEncoder } from '@internvid/viclip';

import { clipsWithFrames, type ClipSteps } from './steps.js';
import { openViclip, type AestheticSettings, type ViclipSettings } from './viclip-model.js';
import { withResource } from './with-resource.js';

/** Makes a vector of each clip's pictures. Table: `embeddings`. Captions are not read, so that a new caption redoes no vector. */
export async function embedClipsStep(steps: ClipSteps, encoder: VideoTextEncoder): Promise<Step> {
  const { embedClips } = await import('@internvid/viclip');
  const pipeline = from(clipsWithFrames(steps)).through(embedClips({ encoder }));
  return step('embed-clips', pipeline, tableSink(embeddingsTable));
}

/** What scores are made of. */
export type ScoredSteps = { readonly caption: StepKey; readonly embedClips: StepKey };

/** Says how well the fine caption of each clip fits its pictures. Table: `scores`. */
export async function scoreStep(steps: ScoredSteps, encoder: VideoTextEncoder): Promise<Step> {
  const { scoreCaptions } = await import('@internvid/viclip');
  const pipeline = from(captionsWithVectors(steps)).through(scoreCaptions({ encoder }));
  return step('score', pipeline, tableSink(scoresTable));
}

/** One scale: scores of captions of several scales could not be compared. */
function captionsWithVectors({ caption, embedClips }: ScoredSteps): Source<CaptionToScore> {
  return stepsSource<CaptionToScore>({
    name: 'read-fine-captions',
    version: 1,
    steps: [caption, embedClips],
    async *read(rows) {
      const vectors = new Map<string, Embedding>();
      for await (const row of rows(embedClips, embeddingsTable)) vectors.set(row.clip, row);
      for await (const row of rows(caption, captionsTable)) {
        const video = vectors.get(row.clip);
        if (row.scale !== 'fine' || video === undefined) continue;
        yield { id: `${row.clip}_${row.scale}`, caption: row, video };
      }
    },
  });
}

/** Says how pleasing each clip is found. Table: `scores`. */
export async function runAesthetics(
  { clip, head, sha256 }: AestheticSettings,
  steps: ClipSteps,
  run: (step: Step) => Promise<RunReport>,
  signal: AbortSignal,
): Promise<RunReport> {
  const { loadAestheticHead, scoreAesthetics } = await import('@internvid/viclip');
  const predictor = await loadAestheticHead(head, sha256);
  return withResource(openViclip(clip, signal, 'clip'), async (encoder) => {
    const stage = scoreAesthetics({ encoder, head: predictor });
    const pipeline = from(clipsWithFrames(steps)).through(stage);
    return run(step('aesthetics', pipeline, tableSink(scoresTable)));
  });
}

/** Runs what needs a ViCLIP model: the vectors of clips and, with captions, the scores. What is done is not done again. */
export async function runViclipSteps(
  settings: ViclipSettings,
  steps: ClipSteps & { readonly caption?: StepKey },
  run: (step: Step) => Promise<RunReport>,
  signal: AbortSignal,
): Promise<readonly RunReport[]> {
  return withResource(openViclip(settings, signal), async (encoder) => {
    const embedClips = await embedClipsStep(steps, encoder);
    const reports = [await run(embedClips)];
    const { caption } = steps;
    if (caption !== undefined)
      reports.push(await run(await scoreStep({ caption, embedClips }, encoder)));
    return reports;
  });
}
