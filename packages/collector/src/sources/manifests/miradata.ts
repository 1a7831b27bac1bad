import type { JsonObject, Span } from '@internvid/core';
import { candidateAddress } from '../candidate-address.js';
import { pairsOf, spanBetween } from '../clip-times.js';
import { RowProblem } from '../row-meaning.js';
import { isYoutubeId, youtubeUrl } from '../site-id.js';
import {
  captionOf,
  hasAll,
  neededText,
  numberOr,
  pick,
  textOf,
  type ManifestFormat,
} from './manifest-format.js';

const CAPTIONS = [
  'short_caption',
  'dense_caption',
  'main_object_caption',
  'background_caption',
  'style_caption',
  'camera_caption',
] as const;

/**
 * MiraData: a clip on each row with six captions; the dense one is the clip's caption. Version 1 has `video_url`, `video_id` and
 * `timestamp`, the columns of the data set's README; version 0 has `video_id`, and `start_frame`, `end_frame` and `fps`, by which its
 * own script cuts (`start_timestep` and `end_timestep`, in whole seconds, where `fps` is missing), the columns of its published sample.
 */
export const miradataManifest: ManifestFormat = {
  name: 'miradata',
  isLike: (columns) => hasAll(columns, ['video_id', 'short_caption', 'dense_caption']),
  reader: () => ({
    read(cells) {
      const { key, ...address } = candidateAddress(addressOf(cells));
      const clip = {
        span: spanOf(cells),
        ...captionOf(cells.dense_caption ?? cells.short_caption),
        details: pick(cells, ['clip_id', 'index', ...CAPTIONS]),
      };
      const metadata = pick(cells, ['video_id', 'source']);
      return { key, candidate: { ...address, metadata }, clips: [clip], problems: [] };
    },
  }),
};

function addressOf(cells: JsonObject): string {
  const url = textOf(cells.video_url);
  if (url !== undefined) return url;
  const id = neededText(cells, 'video_id');
  if (!isYoutubeId(id))
    throw new RowProblem(`"${id}" is not a YouTube id and video_url is missing`);
  return youtubeUrl(id);
}

function spanOf(cells: JsonObject): Span {
  if (cells.timestamp !== undefined) {
    const [pair, ...others] = pairsOf(cells.timestamp);
    if (pair === undefined || others.length > 0) throw new RowProblem('timestamp is not one pair');
    return spanBetween(pair[0], pair[1]);
  }
  const fps = numberOr(cells.fps);
  const start = numberOr(cells.start_frame);
  const end = numberOr(cells.end_frame);
  if (typeof fps === 'number' && fps > 0 && typeof start === 'number' && typeof end === 'number') {
    return spanBetween(
      `${Math.floor((start * 1000) / fps)}ms`,
      `${Math.floor((end * 1000) / fps)}ms`,
    );
  }
  return spanBetween(cells.start_timestep, cells.end_timestep);
}
