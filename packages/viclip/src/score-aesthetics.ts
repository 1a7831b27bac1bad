import {
  batchStage,
  drop,
  ToolkitError,
  type Dropped,
  type Producer,
  type Score,
  type Stage,
} from '@internvid/core';
import type { Picture } from '@internvid/core/media';

import type { AestheticHead } from './aesthetic-head.js';
import type { ClipToEmbed } from './embed-clips.js';
import type { VideoTextEncoder } from './encoder.js';
import { readClipPictures } from './preprocess/clip-pictures.js';

/** What `scoreAesthetics` needs. */
export type ScoreAestheticsOptions = {
  /**
   * The image CLIP that the predictor was made for, opened as a video-text encoder with the preprocessing `clip`: of single
   * pictures its vectors are those of the image CLIP. Stays the caller's.
   */
  readonly encoder: VideoTextEncoder;
  readonly head: AestheticHead;
};

/** Pictures of a clip, as in the paper. */
const PICTURES = 4;

/**
 * Says how pleasing a clip is found, by an open linear predictor on the vectors of four pictures spread over it, of which the
 * best counts (InternVid, section 3.2 and appendix); kept as `aesthetic`. LAION's predictors were trained on marks from 1 to 10.
 *
 * Drops `no-frames`.
 */
export function scoreAesthetics({
  encoder,
  head,
}: ScoreAestheticsOptions): Stage<ClipToEmbed, Score> {
  if (head.weight.length !== encoder.dimension) {
    const message = `The predictor is for vectors of ${head.weight.length} numbers; ${encoder.producer.name} makes ${encoder.dimension}.`;
    throw new ToolkitError('invalid-config', message);
  }
  const by: Producer = {
    name: 'linear-aesthetic-predictor',
    version: '1',
    config: { head: head.sha256, encoder: encoder.producer, pictures: PICTURES },
  };
  return batchStage({
    name: 'score-aesthetics',
    version: 1,
    config: by.config,
    batchSize: Math.max(1, Math.floor(encoder.maxBatch / PICTURES)),
    batch: async (clips: readonly ClipToEmbed[], { signal, store }) => {
      const pictures = await Promise.all(
        clips.map(async ({ clip, frames }) =>
          frames.length === 0
            ? []
            : readClipPictures(store, { span: clip.span, frames }, PICTURES, signal),
        ),
      );
      const marks = await marksOf(pictures.flat(), encoder, head, signal);
      return clips.map(({ clip }, index): Score | Dropped => {
        const own = (pictures[index] ?? []).map((picture) => marks.get(picture) ?? Number.NaN);
        if (own.length === 0) return drop('no-frames');
        return { clip: clip.id, name: 'aesthetic', value: Math.max(...own), by };
      });
    },
  });
}

/** Marks of the pictures; one that is there several times is looked at once. */
async function marksOf(
  pictures: readonly Picture[],
  encoder: VideoTextEncoder,
  { weight, bias }: AestheticHead,
  signal: AbortSignal,
): Promise<ReadonlyMap<Picture, number>> {
  const marks = new Map<Picture, number>();
  const distinct = [...new Set(pictures)];
  for (let first = 0; first < distinct.length; first += encoder.maxBatch) {
    const batch = distinct.slice(first, first + encoder.maxBatch);
    const vectors = await encoder.embedClips(
      batch.map((picture) => [picture]),
      signal,
    );
    for (const [place, picture] of batch.entries()) {
      const vector = vectors[place] ?? new Float32Array();
      marks.set(
        picture,
        weight.reduce((sum, share, at) => sum + share * (vector[at] ?? Number.NaN), bias),
      );
    }
  }
  return marks;
}
