import {
  batchStage,
  canonicalJson,
  drop,
  ToolkitError,
  type Caption,
  type Dropped,
  type Embedding,
  type Identified,
  type Producer,
  type Score,
  type Stage,
} from '@internvid/core';

import type { VideoTextEncoder } from './encoder.js';
import { preText } from './tokenizer/clean-text.js';

/** A caption with the vector of its clip's pictures. */
export type CaptionToScore = Identified & {
  readonly caption: Pick<Caption, 'clip' | 'scale' | 'text' | 'language'>;
  /** What `embedClips` made of the clip, with the same encoder. */
  readonly video: Embedding;
};

/** What `scoreCaptions` needs. */
export type ScoreCaptionsOptions = {
  /** Stays the caller's: dispose of it after the run. */
  readonly encoder: VideoTextEncoder;
  /** Captions per call of the encoder. Default 64. */
  readonly batchSize?: number;
};

/**
 * Says how well a caption fits the pictures of its clip: the cosine of their vectors, -1 to 1, kept as `viclip-similarity`.
 * The caption gets the clean-up of the published evaluation (`preText`) first.
 *
 * The producer of a score names the encoder and the caption's scale: scores of one producer can be compared, others not.
 *
 * Drops `blank-caption`, and `language-not-supported` where the encoder was not trained on the caption's language. Stops with
 * `invalid-config` when the vector comes from another encoder.
 */
export function scoreCaptions(options: ScoreCaptionsOptions): Stage<CaptionToScore, Score> {
  const { encoder, batchSize = 64 } = options;
  return batchStage({
    name: 'score-captions',
    version: 1,
    config: { encoder: encoder.producer, text: 'pre-text' },
    batchSize,
    batch: async (inputs: readonly CaptionToScore[], { signal }) => {
      for (const { video } of inputs) refuseOther(video.by, encoder.producer);
      const reasons = inputs.map(({ caption }) => refusal(caption, encoder));
      const kept = inputs.filter((_, index) => reasons[index] === undefined);
      const texts = kept.map(({ caption }) => preText(caption.text));
      const vectors = (await encoder.embedTexts(texts, signal)).values();
      return inputs.map((input, index): Score | Dropped => {
        const reason = reasons[index];
        if (reason !== undefined) return drop(reason);
        const { value: text } = vectors.next();
        if (text === undefined) throw noVector(encoder, input.id);
        return scoreOf(input, text, encoder.producer);
      });
    },
  });
}

function scoreOf({ caption, video }: CaptionToScore, text: Float32Array, by: Producer): Score {
  let cosine = 0;
  for (const [place, value] of text.entries()) cosine += value * (video.vector[place] ?? 0);
  return {
    clip: caption.clip,
    name: 'viclip-similarity',
    value: cosine,
    by: { ...by, config: { encoder: by.config, caption: caption.scale } },
  };
}

function refusal(
  { text, language }: CaptionToScore['caption'],
  encoder: VideoTextEncoder,
): string | undefined {
  if (preText(text).trim() === '') return 'blank-caption';
  const primary = language.toLowerCase().split('-')[0] ?? '';
  return encoder.languages.includes(primary) ? undefined : 'language-not-supported';
}

function refuseOther(by: Producer, own: Producer): void {
  if (canonicalJson(by) === canonicalJson(own)) return;
  const message = `Vectors of ${by.name} cannot be compared with texts of ${own.name}: embed the clips with the encoder that scores them.`;
  throw new ToolkitError('invalid-config', message);
}

function noVector(encoder: VideoTextEncoder, id: string): ToolkitError {
  return new ToolkitError(
    'model-failed',
    `${encoder.producer.name} gave no vector for the caption ${id}.`,
  );
}
