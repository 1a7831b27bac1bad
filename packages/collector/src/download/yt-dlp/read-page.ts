import { readFile, stat } from 'node:fs/promises';
import type { JsonObject, JsonValue } from '@internvid/core';

/** A page's description of itself is some hundred kilobytes; what is far larger is not read. */
const MAX_INFO_BYTES = 32 * 1024 * 1024;
const MAX_TEXT = 5_000;
const MAX_LIST = 200;

/** What is kept of a page, by our names; what differs from hour to hour, like counts of views, is not. */
const FIELDS = {
  siteId: 'id',
  site: 'extractor',
  pageUrl: 'webpage_url',
  title: 'title',
  description: 'description',
  uploader: 'uploader',
  channel: 'channel',
  channelId: 'channel_id',
  uploadDate: 'upload_date',
  license: 'license',
  language: 'language',
  tags: 'tags',
  categories: 'categories',
  ageLimit: 'age_limit',
  format: 'format_id',
} as const;

/** What yt-dlp wrote about a video. */
export type Page = {
  readonly facts: JsonObject;
  /** Languages in which a human wrote subtitles. */
  readonly writtenLanguages: ReadonlySet<string>;
};

/** Reads `video.info.json`; texts and lists are cut to a bounded length, other values left out. */
export async function readPage(path: string): Promise<Page> {
  const found = await stat(path).catch(() => undefined);
  const isReadable = found !== undefined && found.size <= MAX_INFO_BYTES;
  const info = isReadable ? parse(await readFile(path, 'utf8')) : {};
  const facts = Object.entries(FIELDS).flatMap(([name, field]) => {
    const value = plain(info[field]);
    return value === undefined ? [] : [[name, value] as const];
  });
  const { subtitles } = info;
  const written = typeof subtitles === 'object' && subtitles !== null ? Object.keys(subtitles) : [];
  return { facts: Object.fromEntries(facts), writtenLanguages: new Set(written) };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function plain(value: unknown): JsonValue | undefined {
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item): item is string => typeof item === 'string');
  return texts.slice(0, MAX_LIST).map((text) => text.slice(0, MAX_TEXT));
}
