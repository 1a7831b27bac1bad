import type { JsonObject, JsonValue } from '@internvid/core';
import { candidateAddress } from '../candidate-address.js';
import { spanBetween } from '../clip-times.js';
import { RowProblem, type MentionedClip } from '../row-meaning.js';
import { isYoutubeId, youtubeUrl } from '../site-id.js';
import { captionOf, pick, textOf, type ManifestFormat } from './manifest-format.js';

const ID_COLUMNS = ['youtube_id', 'original_video_filename', 'original_json_filename'] as const;
const VIDEO_COLUMNS = [
  'youtube_title',
  'youtube_description',
  'youtube_channel',
  'youtube_categories',
  'youtube_tags',
  'youtube_upload_date',
  'content_parent_category',
  'content_fine_category',
  'duration_seconds',
  'resolution',
] as const;

const SCENE_COLUMNS = ['sceneId', 'title', 'dynamismScore', 'audioVisualCorrelation'] as const;

/**
 * FineVideo: a video on each row, described by the column `json` of its Parquet files, or by JSON lines of the same objects. The scenes
 * of `content_metadata.scenes` are the clips, between `timestamps.start_timestamp` and `end_timestamp`; the descriptions of a scene's
 * activities, joined, are its caption. These names are those of the data set's card. The column `mp4` is not read. The YouTube id is
 * taken from `youtube_id`, `original_video_filename` or `original_json_filename`, whichever holds one: that the file names are ids is
 * known from the data set's explorer, not from its card.
 */
export const finevideoManifest: ManifestFormat = {
  name: 'finevideo',
  isLike: (columns) =>
    columns.has('content_metadata') || (columns.has('json') && columns.size <= 2),
  reader: () => ({
    read(cells) {
      const video = videoOf(cells);
      const id = ID_COLUMNS.map((name) => (textOf(video[name]) ?? '').replace(/\.\w+$/, '')).find(
        isYoutubeId,
      );
      if (id === undefined) throw new RowProblem(`no YouTube id in ${ID_COLUMNS.join(', ')}`);
      const { key, ...address } = candidateAddress(youtubeUrl(id));
      const metadata = { ...pick(video, VIDEO_COLUMNS), ...titleOf(video) };
      return { key, candidate: { ...address, metadata }, ...scenesOf(video) };
    },
  }),
};

function videoOf(cells: JsonObject): JsonObject {
  if (cells.json === undefined) return cells;
  if (typeof cells.json !== 'string') return asObject(cells.json);
  try {
    return asObject(JSON.parse(cells.json) as JsonValue);
  } catch {
    throw new RowProblem('its json column is not valid JSON');
  }
}

function titleOf(video: JsonObject): { readonly title?: string } {
  const title = textOf(video.youtube_title);
  return title === undefined ? {} : { title };
}

function scenesOf(video: JsonObject): {
  readonly clips: readonly MentionedClip[];
  readonly problems: readonly string[];
} {
  const scenes = asList(asObject(video.content_metadata).scenes).map(asObject);
  const clips: MentionedClip[] = [];
  const problems: string[] = [];
  for (const scene of scenes) {
    try {
      const times = asObject(scene.timestamps);
      const span = spanBetween(times.start_timestamp, times.end_timestamp);
      const { title, ...others } = pick(scene, SCENE_COLUMNS);
      const details = { ...others, ...(title === undefined ? {} : { sceneTitle: title }) };
      clips.push({ span, ...captionOf(activitiesOf(scene)), details });
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      problems.push(error.message);
    }
  }
  return { clips, problems };
}

function activitiesOf(scene: JsonObject): string {
  const descriptions = asList(scene.activities).flatMap(
    (activity) => textOf(asObject(activity).description) ?? [],
  );
  return descriptions.join(' ');
}

function asObject(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
