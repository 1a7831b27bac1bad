import { checkClips } from '../check-inputs.js';
import type { ClipFrames, SentenceEncoder, VideoTextEncoder } from '../encoder.js';

/** What `captionTextEncoder` is made of. */
export type CaptionTextOptions = {
  /** Disposed of with the encoder. */
  readonly sentences: SentenceEncoder;
  /** One caption for each clip, in order. */
  caption(clips: readonly ClipFrames[], signal?: AbortSignal): Promise<readonly string[]>;
  /** Which captioner, so that vectors of two are never compared. */
  readonly captioner: { readonly name: string; readonly version: string };
  /** Pictures that the captioner wants of a clip. Default 8. */
  readonly framesPerClip?: number;
  /** Side beyond which larger pictures carry nothing more for the captioner. Default 640. */
  readonly frameSize?: number;
  /** Clips at once. Default 8. */
  readonly maxBatch?: number;
};

/**
 * The baseline that a video-text model has to beat: a clip's vector is the vector of its caption. It knows of a clip what the
 * captioner says, and nothing else. A clip without a caption fails.
 */
export function captionTextEncoder(options: CaptionTextOptions): VideoTextEncoder {
  const { sentences, captioner, framesPerClip = 8, frameSize = 640, maxBatch = 8 } = options;
  const { name, version, config } = sentences.producer;
  return {
    producer: { name: `caption-text-${name}`, version, config: { sentences: config, captioner } },
    dimension: sentences.dimension,
    languages: sentences.languages,
    framesPerClip,
    frameSize,
    maxBatch,
    async embedClips(clips, signal) {
      checkClips(clips, { framesPerClip, maxBatch });
      signal?.throwIfAborted();
      if (clips.length === 0) return [];
      return sentences.embedTexts(await options.caption(clips, signal), signal);
    },
    embedTexts: (texts, signal) => sentences.embedTexts(texts, signal),
    [Symbol.asyncDispose]: () => sentences[Symbol.asyncDispose](),
  };
}
