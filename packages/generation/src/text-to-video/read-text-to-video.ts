import { readTable, type Store } from '@internvid/core';

import { textToVideoTable, type TextToVideoRow } from './text-to-video-row.js';

/**
 * The rows of a text-to-video set, in order, from its table.
 *
 * @throws ToolkitError `not-found`, or `corrupt` for what is no such table.
 */
export function readTextToVideo(
  store: Store,
  prefix: string,
  name: string,
  signal?: AbortSignal,
): AsyncGenerator<TextToVideoRow> {
  return readTable(store, `${prefix}/${name}.parquet`, textToVideoTable, signal);
}
