import type { JsonObject, JsonValue } from '@internvid/core';
import type { InterleavedDocument, InterleavedItem } from './document.js';

/** Forms in which documents are written, a JSON object a line. */
export type InterleavedFormat = 'documents' | 'obelics' | 'mmc4' | 'chat';

/** How a clip is named in a line, the file that a loader is to open: `<clip id>.mp4`, the name it has in a WebDataset. */
export function clipFileName(clip: string): string {
  return `${clip}.mp4`;
}

/**
 * A document in one of the forms:
 * - `documents`: as it is here;
 * - `obelics`: two lists of equal length, `videos` and `texts`, of which at each place one is null, and `metadata` as JSON text;
 * - `mmc4`: `text_list`, and `video_info` with the text that each clip goes with as `matched_text_index`;
 * - `chat`: one user message with the parts in order, for models that take conversations.
 */
export function formatDocument(
  document: InterleavedDocument,
  format: InterleavedFormat,
): JsonObject {
  return FORMATS[format](document);
}

const FORMATS: Readonly<Record<InterleavedFormat, (document: InterleavedDocument) => JsonObject>> =
  {
    documents: (document) => document,
    obelics: ({ id, videos, items }) => ({
      id,
      videos: items.map((item) => (item.kind === 'clip' ? clipFileName(item.clip) : null)),
      texts: items.map((item) => (item.kind === 'text' ? item.text : null)),
      metadata: JSON.stringify(items.map((item) => (item.kind === 'clip' ? spanOf(item) : null))),
      general_metadata: JSON.stringify({ videos }),
    }),
    mmc4: ({ id, items }) => ({
      id,
      text_list: items.flatMap((item) => (item.kind === 'text' ? [item.text] : [])),
      video_info: items.flatMap((item, at) =>
        item.kind === 'clip'
          ? [{ ...spanOf(item), matched_text_index: textsBefore(items, at) }]
          : [],
      ),
    }),
    chat: ({ id, items }) => ({ id, messages: [{ role: 'user', content: items.map(partOf) }] }),
  };

function spanOf(item: InterleavedItem & { kind: 'clip' }): Record<string, JsonValue> {
  const { clip, video, startMs, endMs } = item;
  return { video_name: clipFileName(clip), video_id: video, start_ms: startMs, end_ms: endMs };
}

function partOf(item: InterleavedItem): JsonObject {
  return item.kind === 'clip'
    ? { type: 'video', video: clipFileName(item.clip) }
    : { type: 'text', text: item.text };
}

/** The number of the text that follows a clip. */
function textsBefore(items: readonly InterleavedItem[], at: number): number {
  return items.slice(0, at).filter(({ kind }) => kind === 'text').length;
}
