import { readEmbeddings } from './dataset.js';
import type { SearchLimits } from './search-pictures.js';
import type { Session } from './session.js';
import { withResource } from './with-resource.js';
import { openSentenceEncoder } from './work.js';

/** A clip found by the meaning of a caption. */
export type CaptionMatch = {
  readonly id: string;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
  /** Scale of the caption that fits best. */
  readonly scale: string;
};

/** Clips by the meaning of their captions; each counts with its best one. */
export async function searchCaptions(
  text: string,
  { store, signal }: Session,
  { limit, allowed }: SearchLimits,
): Promise<readonly CaptionMatch[]> {
  const { exactIndex } = await import('@internvid/viclip');
  return withResource(openSentenceEncoder(), async (encoder) => {
    const index = exactIndex(encoder.dimension);
    for await (const { clip, of, vector } of readEmbeddings(store, signal)) {
      if (allowed === undefined || allowed.has(clip)) index.add(`${clip} ${of}`, vector);
    }
    const [query] = await encoder.embedTexts([text], signal);
    if (query === undefined || index.size === 0) return [];
    const best = new Map<string, CaptionMatch>();
    for (const { id, similarity } of index.search(query, { limit: index.size })) {
      const [clip = '', of = ''] = id.split(' ');
      if (!best.has(clip))
        best.set(clip, { id: clip, similarity, scale: of.replace('caption-', '') });
      if (best.size === limit) break;
    }
    return [...best.values()];
  });
}
