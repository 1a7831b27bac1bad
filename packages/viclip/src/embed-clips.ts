import {
  batchStage,
  drop,
  ToolkitError,
  type ClipId,
  type Dropped,
  type Embedding,
  type Identified,
  type SampledFrame,
  type Span,
  type Stage,
} from '@internvid/core';

import type { VideoTextEncoder } from './encoder.js';
import { readClipPictures } from './preprocess/clip-pictures.js';

/** A clip with its sampled frames in order of time. */
export type ClipToEmbed = Identified & {
  readonly clip: { readonly id: ClipId; readonly span: Span };
  readonly frames: readonly SampledFrame[];
};

/** What `embedClips` needs. */
export type EmbedClipsOptions = {
  /** Stays the caller's: dispose of it after the run. */
  readonly encoder: VideoTextEncoder;
  /** Clips per call of the encoder, at most its `maxBatch`, which is the default. */
  readonly batchSize?: number;
};

/**
 * Makes a vector of each clip's pictures, kept as `video`. Of the sampled frames those nearest to the middles of as many equal
 * stretches as the encoder wants are taken.
 *
 * Drops `no-frames`.
 */
export function embedClips(options: EmbedClipsOptions): Stage<ClipToEmbed, Embedding> {
  const { encoder, batchSize = encoder.maxBatch } = options;
  const { producer, framesPerClip } = encoder;
  return batchStage({
    name: 'embed-clips',
    version: 1,
    config: { encoder: producer, framesPerClip, frames: 'nearest-to-middles' },
    batchSize,
    batch: async (clips: readonly ClipToEmbed[], { signal, store }) => {
      const shown = clips.filter(({ frames }) => frames.length > 0);
      const pictures = await Promise.all(
        shown.map(({ clip, frames }) =>
          readClipPictures(store, { span: clip.span, frames }, framesPerClip, signal),
        ),
      );
      const vectors = await encoder.embedClips(pictures, signal);
      const vectorOf = new Map(shown.map(({ id }, index) => [id, vectors[index]]));
      return clips.map(({ id, clip, frames }): Embedding | Dropped => {
        if (frames.length === 0) return drop('no-frames');
        const vector = vectorOf.get(id);
        if (vector === undefined) throw noVector(producer.name, id);
        return { clip: clip.id, of: 'video', vector, by: producer };
      });
    },
  });
}

function noVector(encoder: string, clip: string): ToolkitError {
  return new ToolkitError('model-failed', `${encoder} gave no vector for the clip ${clip}.`);
}
