import { canonicalJson, ToolkitError } from '@internvid/core';
import type { Picture } from '@internvid/core/media';

import type { VideoTextEncoder } from '../encoder.js';
import { preText } from '../tokenizer/clean-text.js';
import type { FullTextIndex } from './full-text.js';
import { fuseRankings } from './fuse-rankings.js';
import type { VectorIndex } from './vector-index.js';

/** What is looked for: a description, clips like a clip, or clips like a picture. */
export type ClipQuery =
  | { readonly text: string }
  | { readonly clip: string }
  /** `rgb24`, of any size. */
  | { readonly picture: Picture };

/** How a search is limited. */
export type ClipSearchOptions = {
  /** Matches at most, at least 1. */
  readonly limit: number;
  /** Only clips for which this is true. Default: all. */
  readonly where?: (id: string) => boolean;
  readonly signal?: AbortSignal;
};

/** A clip found. */
export type ClipMatch = {
  readonly id: string;
  /** Cosine between the query and the clip's pictures; undefined for a clip that was found by its caption alone. */
  readonly similarity: number | undefined;
  /** Rank from 1 among the captions, where they were searched too and have the clip. */
  readonly captionRank?: number;
};

/** What is searched. All stay the caller's. */
export type ClipSearchParts = {
  readonly encoder: VideoTextEncoder;
  /** Vectors of clips (`video`), made by the same encoder, by clip id. */
  readonly clips: VectorIndex;
  /** Captions by clip id: makes searches by text hybrid. */
  readonly captions?: FullTextIndex;
};

/** Finds clips. */
export interface ClipSearch {
  /**
   * The best clips first. With captions, a search by text puts together the ranks that a clip has by its pictures and by the
   * words of its captions; else the similarity alone decides. A clip is not found by itself.
   *
   * @throws RangeError for a blank text. ToolkitError `not-found` for a clip that has no vector.
   */
  search(query: ClipQuery, options: ClipSearchOptions): Promise<readonly ClipMatch[]>;
}

/** How many matches of each ranking are put together at least. */
const DEPTH = 100;

/**
 * Puts an encoder and indexes together.
 *
 * @throws ToolkitError `invalid-config` when the vectors come from another encoder.
 */
export function clipSearch({ encoder, clips, captions }: ClipSearchParts): ClipSearch {
  if (canonicalJson(clips.by) !== canonicalJson(encoder.producer)) {
    const message = `The vectors were made by ${clips.by.name} with other settings or weights than ${encoder.producer.name} has: embed the clips with the encoder that searches.`;
    throw new ToolkitError('invalid-config', message);
  }
  return {
    async search(query, options) {
      if ('text' in query) {
        const vector = await embedText(encoder, query.text, options.signal);
        return captions === undefined
          ? clips.search(vector, options)
          : hybrid(vector, query.text, { clips, captions }, options);
      }
      if ('picture' in query) {
        const [vector] = await encoder.embedClips([[query.picture]], options.signal);
        return clips.search(present(vector, encoder), options);
      }
      return searchLike(query.clip, clips, options);
    },
  };
}

async function searchLike(
  id: string,
  clips: VectorIndex,
  options: ClipSearchOptions,
): Promise<readonly ClipMatch[]> {
  const vector = await clips.vectorOf(id);
  if (vector === undefined) {
    throw new ToolkitError('not-found', `There is no vector of the clip ${id}.`);
  }
  const matches = await clips.search(vector, { ...options, limit: options.limit + 1 });
  return matches.filter((match) => match.id !== id).slice(0, options.limit);
}

async function hybrid(
  vector: Float32Array,
  text: string,
  { clips, captions }: Required<Pick<ClipSearchParts, 'clips' | 'captions'>>,
  options: ClipSearchOptions,
): Promise<readonly ClipMatch[]> {
  const deep = { ...options, limit: Math.max(options.limit, DEPTH) };
  const byPicture = await clips.search(vector, deep);
  const byWord = captions.search(text, deep);
  const similarities = new Map(byPicture.map(({ id, similarity }) => [id, similarity]));
  const fused = fuseRankings([byPicture.map(({ id }) => id), byWord.map(({ id }) => id)]);
  return fused.slice(0, options.limit).map(({ id, ranks: [, captionRank] }) => ({
    id,
    similarity: similarities.get(id),
    ...(captionRank === undefined ? {} : { captionRank }),
  }));
}

async function embedText(
  encoder: VideoTextEncoder,
  text: string,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const [vector] = await encoder.embedTexts([preText(text)], signal);
  return present(vector, encoder);
}

function present(vector: Float32Array | undefined, { producer }: VideoTextEncoder): Float32Array {
  if (vector !== undefined) return vector;
  throw new ToolkitError('model-failed', `${producer.name} gave no vector for the query.`);
}
