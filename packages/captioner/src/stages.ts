import {
  batchStage,
  detectionsTable,
  type Caption,
  type Clip,
  type SampledFrame,
  type Stage,
  type Store,
} from '@internvid/core';
import { readPicture } from '@internvid/core/media';
import type { CaptionContext, Captioner, CaptionRequest } from './captioner.js';

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
export function captionClips({ captioner }: CaptionClipsOptions): Stage<SampledClip, Caption> {
  const { name, version, config } = captioner.producer;
  const answers = batchStage({
    name: 'caption-clips',
    version: 1,
    config: { captioner: { name, version, config } },
    batchSize: captioner.maxBatch,
    // While one batch waits for its slowest clip the next one keeps the captioner busy.
    concurrency: 2,
    batch: (inputs: readonly SampledClip[], { store, signal }) => {
      const requests = inputs.map((input) => captionRequest(input, store));
      return captioner.captionEach === undefined
        ? captioner.caption(requests, signal)
        : captioner.captionEach(requests, signal);
    },
  });
  return {
    name: answers.name,
    version: answers.version,
    config: answers.config,
    async *process(inputs, context) {
      for await (const { captions, detections, warnings = [] } of answers.process(
        inputs,
        context,
      )) {
        for (const detection of detections) context.emit(detectionsTable, detection);
        for (const warning of warnings) context.warn({ id: captions[0]?.clip ?? '' }, warning);
        yield* captions;
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
