import type { JsonObject } from '@internvid/core';
import type { ListingRequest } from '../sources/yt-dlp-listing.js';
import type { Query } from './query.js';

/** How queries are searched for. */
export type QueryRequestsOptions = {
  /** yt-dlp's name of the search. Default `ytsearch`. */
  readonly search?: string;
  /** Hits of each query, 1 to 1,000. Default 20. How many InternVid took is not published. */
  readonly hitsPerQuery?: number;
};

/** Searches for `ytDlpListing`; each video that they find carries its query with its language and category. */
export function queryRequests(
  queries: readonly Query[],
  { search = 'ytsearch', hitsPerQuery = 20 }: QueryRequestsOptions = {},
): readonly Exclude<ListingRequest, string>[] {
  return queries.map((query) => ({
    target: `${search}${hitsPerQuery}:${query.text}`,
    metadata: metadataOf(query),
  }));
}

function metadataOf({ text, language, category, translationOf }: Query): JsonObject {
  const original = translationOf === undefined ? {} : { queryTranslationOf: translationOf };
  return { query: text, queryLanguage: language, queryCategory: category, ...original };
}
