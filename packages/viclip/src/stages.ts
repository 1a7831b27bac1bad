import {
  batchStage,
  drop,
  ToolkitError,
  type Caption,
  type Embedding,
  type Identified,
  type Stage,
} from '@internvid/core';

import type { SentenceEncoder } from './encoder.js';

/** A caption with a name for reports, such as `<clip id>_<scale>`. */
export type CaptionText = Identified & Pick<Caption, 'clip' | 'scale' | 'text' | 'language'>;

/** What `embedCaptions` needs. */
export type EmbedCaptionsOptions = {
  /** Stays the caller's: dispose of it after the run. */
  readonly encoder: SentenceEncoder;
  /** Captions per call of the encoder. Default 64. */
  readonly batchSize?: number;
};

/**
 * Makes a vector of each caption's text, kept as `caption-<scale>` of its clip.
 *
 * Drops `blank-caption`, and `language-not-supported` where the encoder was not trained on the caption's language.
 */
export function embedCaptions(options: EmbedCaptionsOptions): Stage<CaptionText, Embedding> {
  const { encoder, batchSize = 64 } = options;
  return batchStage({
    name: 'embed-captions',
    version: 1,
    config: { encoder: encoder.producer, batchSize },
    batchSize,
    batch: async (captions: readonly CaptionText[], { signal }) => {
      const reasons = captions.map((caption) => refusal(caption, encoder));
      const texts = captions
        .filter((_, index) => reasons[index] === undefined)
        .map((caption) => caption.text);
      const vectors = (await encoder.embedTexts(texts, signal)).values();
      return captions.map((caption, index) => {
        const reason = reasons[index];
        return reason === undefined
          ? embedding(caption, vectors.next().value, encoder)
          : drop(reason);
      });
    },
  });
}

function refusal(caption: CaptionText, encoder: SentenceEncoder): string | undefined {
  if (caption.text.trim() === '') return 'blank-caption';
  const language = caption.language.toLowerCase().split('-')[0] ?? '';
  return encoder.languages.includes(language) ? undefined : 'language-not-supported';
}

function embedding(
  caption: CaptionText,
  vector: Float32Array | undefined,
  encoder: SentenceEncoder,
): Embedding {
  if (vector === undefined) {
    throw new ToolkitError(
      'model-failed',
      `${encoder.producer.name} gave no vector for the caption ${caption.id}.`,
    );
  }
  return { clip: caption.clip, of: `caption-${caption.scale}`, vector, by: encoder.producer };
}
