import { dualSoftmax } from './eval/dual-softmax.js';
import {
  rankFigures,
  ranksOf,
  transposed,
  type RankFigures,
  type ScoreMatrix,
} from './eval/ranking.js';

/** Figures of one direction, and what they were made of. */
export type DirectionFigures = RankFigures & {
  /** Rank of each query, from 1; null for a query without a true item. */
  readonly ranks: readonly (number | null)[];
};

/** Both directions of a retrieval test. */
export type RetrievalFigures = {
  /** The query is a text; with several true videos the best counts. */
  readonly textToVideo: DirectionFigures;
  /** The query is a video; with several captions the best counts. */
  readonly videoToText: DirectionFigures;
};

/** The figures with and without dual softmax, which are never to be compared with each other. */
export type RetrievalResult = {
  readonly plain: RetrievalFigures;
  readonly dualSoftmax: RetrievalFigures;
};

/**
 * How well texts find their videos and videos their texts, by the rules of the published evaluation (`itm_eval`).
 *
 * @param similarity one row for each video, one column for each text.
 * @param videosOfText numbers of the videos that each text is true of.
 */
export function evaluateRetrieval(
  similarity: ScoreMatrix,
  videosOfText: readonly (readonly number[])[],
): RetrievalResult {
  const textsOfVideo = Array.from({ length: similarity.rows }, (): number[] => []);
  for (const [text, videos] of videosOfText.entries()) {
    for (const video of videos) textsOfVideo[video]?.push(text);
  }
  const figures = (byVideo: ScoreMatrix, byText: ScoreMatrix): RetrievalFigures => ({
    textToVideo: directionFigures(byText, videosOfText),
    videoToText: directionFigures(byVideo, textsOfVideo),
  });
  const turned = transposed(similarity);
  return {
    plain: figures(similarity, turned),
    dualSoftmax: figures(dualSoftmax(similarity), dualSoftmax(turned)),
  };
}

function directionFigures(
  scores: ScoreMatrix,
  truths: readonly (readonly number[])[],
): DirectionFigures {
  const ranks = ranksOf(scores, truths);
  return { ...rankFigures(ranks), ranks: ranks.map((rank) => rank ?? null) };
}
