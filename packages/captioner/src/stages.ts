import {
  batchStage,
  detectionsTable,
  type Caption,
  type Clip,
  type Detection,
  type SampledFrame,
  type Stage,
  type Store,
} from '@internvid/core';
import { readPicture } from '@internvid/core/media';
import type { CaptionContext, Captioner, CaptionRequest, CaptionResult } from './captioner.js';
import type { CaptionInContext } from './grounding/ground-captions.js';

/** A clip with its sampled frames in time order. */
export type SampledClip = {
  readonly id: string;
  readonly clip: Clip;
  readonly frames: readonly SampledFrame[];
  readonly context?: CaptionContext;
};

/** What the stage needs. The captioner stays the caller's to dispose of. */
export type CaptionClipsOptions = { readonly captioner: Captioner };

/**
 * Captions clips from the frames that were sampled, read from the run's store. What was found in the frames is written to the table
 * `detections`.
 */
export function captionClips(options: CaptionClipsOptions): Stage<SampledClip, Caption> {
  return captioning(options, (captions) => captions);
}

/** As `captionClips`, with what each caption can be judged by: for `groundCaptions`. */
export function captionClipsInContext(
  options: CaptionClipsOptions,
): Stage<SampledClip, CaptionInContext> {
  return captioning(options, (captions, clip, detections) =>
    captions.map((caption, at) => ({
      id: `${clip.id}_${caption.scale}_${at}`,
      caption,
      clip,
      detections,
      others: captions.filter((other) => other !== caption),
    })),
  );
}

type Answered = CaptionResult & { readonly clip: Clip };

function captioning<Out>(
  { captioner }: CaptionClipsOptions,
  outputs: (
    captions: readonly Caption[],
    clip: Clip,
    detections: readonly Detection[],
  ) => readonly Out[],
): Stage<SampledClip, Out> {
  const { name, version, config } = captioner.producer;
  const answers = batchStage({
    name: 'caption-clips',
    version: 1,
    config: { captioner: { name, version, config } },
    batchSize: captioner.maxBatch,
    // While one batch waits for its slowest clip the next one keeps the captioner busy.
    concurrency: 2,
    async batch(
      inputs: readonly SampledClip[],
      { store, signal },
    ): Promise<readonly (Answered | Error)[]> {
      const requests = inputs.map((input) => captionRequest(input, store));
      const results =
        captioner.captionEach === undefined
          ? await captioner.caption(requests, signal)
          : await captioner.captionEach(requests, signal);
      return results.map((result, at) => {
        const clip = inputs[at]?.clip;
        return result instanceof Error || clip === undefined
          ? (result as Error)
          : { ...result, clip };
      });
    },
  });
  return {
    name: answers.name,
    version: answers.version,
    config: answers.config,
    async *process(inputs, context) {
      for await (const answer of answers.process(inputs, context)) {
        const { clip, captions, detections, warnings = [] } = answer;
        for (const detection of detections) context.emit(detectionsTable, detection);
        for (const warning of warnings) context.warn({ id: clip.id }, warning);
        yield* outputs(captions, clip, detections);
      }
    },
  };
}

/** What a captioner is asked about a sampled clip; the pictures are read from the store when they are needed. */
export function captionRequest(
  { clip, frames, context }: SampledClip,
  store: Store,
): CaptionRequest {
  return {
    clip,
    frames: frames.map((frame) => ({
      timeMs: frame.timeMs,
      sha256: frame.picture.sha256,
      read: (signal) => readPicture(store, frame, signal),
    })),
    ...(context === undefined ? {} : { context }),
  };
}
