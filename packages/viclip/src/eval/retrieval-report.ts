import type { Producer } from '@internvid/core';

import { evaluateRetrieval, type RetrievalResult } from '../retrieval.js';
import { preText } from '../tokenizer/clean-text.js';
import {
  embedVideos,
  type EvaluationTools,
  type FailedVideo,
  type VideoFile,
} from './embed-videos.js';
import { dotProducts } from './ranking.js';

/** What a retrieval test found: plain JSON. */
export type RetrievalReport = RetrievalResult & {
  readonly kind: 'retrieval';
  readonly encoder: Producer;
  readonly videos: number;
  readonly texts: number;
  readonly failed: readonly FailedVideo[];
  /** Files in the order of the ranks of `videoToText`. */
  readonly paths: readonly string[];
  /** Captions in the order of the ranks of `textToVideo`. */
  readonly captions: readonly string[];
};

/** Text-to-video and video-to-text retrieval by the published protocol: eight middle frames, one vector each, cleaned captions. */
export async function runRetrieval(
  test: { readonly videos: readonly (VideoFile & { readonly captions: readonly string[] })[] },
  tools: EvaluationTools,
): Promise<RetrievalReport> {
  const { videos, vectors, failed } = await embedVideos(test.videos, tools);
  const pairs = videos.flatMap(({ captions }, video) =>
    captions.map((caption) => ({ caption, video })),
  );
  const texts = await tools.encoder.embedTexts(
    pairs.map(({ caption }) => preText(caption)),
    tools.signal,
  );
  const similarity = dotProducts(vectors, texts);
  return {
    kind: 'retrieval',
    encoder: tools.encoder.producer,
    videos: videos.length,
    texts: texts.length,
    failed,
    paths: videos.map(({ path }) => path),
    captions: pairs.map(({ caption }) => caption),
    ...evaluateRetrieval(
      similarity,
      pairs.map(({ video }) => [video]),
    ),
  };
}
