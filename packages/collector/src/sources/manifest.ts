import type { Source } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';
import type { ManifestName, ManifestOptions } from './manifests/manifest-format.js';
import { manifestReader } from './manifests/manifest-formats.js';
import type { TableFile } from './table-file.js';
import type { RowReader } from './row-meaning.js';
import { ROWS_PER_SHARD, tableSource } from './url-table.js';

/** How the lists of published data sets are read. */
export type ManifestSourceOptions = ManifestOptions & {
  /** Which data set it is. Default: what the columns say. */
  readonly format?: ManifestName;
  /** Default 100. */
  readonly rowsPerShard?: number;
};

/**
 * Videos from the published lists of InternVid, Panda-70M, Koala-36M, OpenVid-1M, MiraData, FineVideo and WebVid: one candidate for
 * each video, with its `spans`, and their captions and scores in `metadata.clips`. Rows and clips that cannot be used fail as
 * `invalid-record` with line and reason; `manifestReport` counts them beforehand.
 *
 * @throws ToolkitError while the shards are listed, as `urlTable`; `invalid-config` for a table that is no such list.
 */
export function manifestSource(
  paths: string | readonly string[],
  options: ManifestSourceOptions = {},
): Source<VideoCandidate> {
  const { format, mediaBase, rowsPerShard = ROWS_PER_SHARD } = options;
  if (mediaBase !== undefined && !/^https?:\/\//i.test(mediaBase)) {
    throw new TypeError(`options.mediaBase must be an http or https address, got "${mediaBase}".`);
  }
  const config = { format: format ?? null, mediaBase: mediaBase ?? null, rowsPerShard };
  const readerFor = (table: TableFile): RowReader => manifestReader(table, options);
  return tableSource({ name: 'manifest', version: 1, config, paths, rowsPerShard, readerFor });
}
