import type { JsonObject, JsonValue } from '@internvid/core';
import type { VideoCandidate } from '../download/candidate.js';
import { candidateAddress } from './candidate-address.js';
import { RowProblem } from './row-meaning.js';

/** How the line of an entry begins. */
const MARK = '@entry ';

const FIELDS = [
  ...[
    'id',
    'url',
    'webpage_url',
    '_type',
    'extractor',
    'title',
    'description',
    'channel',
    'channel_id',
  ],
  ...[
    'uploader',
    'uploader_id',
    'upload_date',
    'timestamp',
    'duration',
    'tags',
    'categories',
    'language',
  ],
  ...['license', 'location', 'age_limit', 'live_status', 'availability', 'playlist_title'],
];

/** What yt-dlp is told to print of each entry: the languages of its subtitles, and the fields that are read here, on one line. */
export const ENTRY_TEMPLATE: string = `${MARK}[%(subtitles|)l] [%(automatic_captions|)l] %(.{${FIELDS.join(',')}})j`;

/** What became of an entry. */
export type ListedEntry =
  | { readonly candidate: VideoCandidate }
  | { readonly id: string; readonly dropped: string }
  | { readonly id: string; readonly problem: string };

const MAX_TEXT = 5_000;
const MAX_LIST = 200;

/**
 * Reads a line that yt-dlp printed.
 *
 * @param found what was asked for, which becomes part of the metadata.
 * @returns undefined for a line that is no entry.
 */
export function listedEntry(line: string, found: JsonObject): ListedEntry | undefined {
  if (!line.startsWith(MARK)) return undefined;
  const parts = /^\[([^\]]*)\] \[([^\]]*)\] (\{.*\})$/s.exec(line.slice(MARK.length));
  const entry = parseObject(parts?.[3]);
  if (parts === null || entry === undefined) {
    return { id: 'unreadable', problem: 'yt-dlp printed an entry that is not valid JSON' };
  }
  const id = textOf(entry.id) ?? textOf(entry.url) ?? 'unknown';
  const dropped = reasonToDrop(entry);
  if (dropped !== undefined) return { id, dropped };
  try {
    const { key: _, ...address } = candidateAddress(addressOf(entry));
    const license = textOf(entry.license);
    const metadata = { ...metadataOf(entry), ...subtitlesOf(parts[1], parts[2]), ...found };
    return { candidate: { ...address, ...(license === undefined ? {} : { license }), metadata } };
  } catch (error) {
    if (error instanceof RowProblem) return { id, problem: error.message };
    throw error;
  }
}

/** A page with several videos gives all of them its own address: there the file's own address is the one that tells them apart. */
function addressOf(entry: JsonObject): string {
  const isOwnPage = !['generic', 'html5'].includes(textOf(entry.extractor)?.toLowerCase() ?? '');
  const isLink = (textOf(entry._type) ?? 'video').startsWith('url');
  const page = textOf(entry.webpage_url);
  const url = textOf(entry.url);
  const address = isOwnPage && !isLink ? (page ?? url) : (url ?? page);
  if (address === undefined) throw new RowProblem('it has no address');
  return address;
}

function reasonToDrop(entry: JsonObject): string | undefined {
  const title = textOf(entry.title) ?? '';
  const availability = textOf(entry.availability);
  if (/^\[private video\]$/i.test(title) || availability === 'private') return 'private';
  if (/^\[deleted video\]$/i.test(title)) return 'gone';
  if (availability === 'subscriber_only' || availability === 'premium_only') return 'private';
  const live = textOf(entry.live_status);
  return live === 'is_live' || live === 'is_upcoming' ? 'live-stream' : undefined;
}

/** The entry by our names; what differs from hour to hour, like counts of views, is left out. */
function metadataOf(entry: JsonObject): JsonObject {
  const categories = textsOf(entry.categories);
  const duration = entry.duration;
  const all: { readonly [name: string]: JsonValue | undefined } = {
    site: textOf(entry.extractor),
    siteId: textOf(entry.id),
    title: textOf(entry.title),
    description: textOf(entry.description),
    channel: textOf(entry.channel) ?? textOf(entry.uploader),
    channelId: textOf(entry.channel_id) ?? textOf(entry.uploader_id),
    uploadDate: dateOf(entry),
    durationMs: typeof duration === 'number' ? Math.floor(duration * 1000) : undefined,
    language: textOf(entry.language),
    category: categories?.[0],
    categories,
    tags: textsOf(entry.tags),
    location: textOf(entry.location),
    ageLimit: typeof entry.age_limit === 'number' ? entry.age_limit : undefined,
    playlist: textOf(entry.playlist_title),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function dateOf(entry: JsonObject): string | undefined {
  const date = /^(\d{4})(\d{2})(\d{2})$/.exec(textOf(entry.upload_date) ?? '');
  if (date !== null) return date.slice(1).join('-');
  const { timestamp } = entry;
  if (typeof timestamp !== 'number' || Math.abs(timestamp) > 8.64e12) return undefined;
  return new Date(timestamp * 1000).toISOString().slice(0, 10);
}

function subtitlesOf(written = '', automatic = ''): JsonObject {
  const list = (text: string): readonly string[] =>
    text === '' || text === 'NA' ? [] : text.split(', ').slice(0, MAX_LIST);
  const both = { written: list(written), automatic: list(automatic) };
  return both.written.length + both.automatic.length === 0 ? {} : { subtitleLanguages: both };
}

function textOf(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value.trim().slice(0, MAX_TEXT) : '';
  return text === '' ? undefined : text;
}

function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.flatMap((item: JsonValue) => textOf(item) ?? []).slice(0, MAX_LIST);
  return texts.length === 0 ? undefined : texts;
}

function parseObject(text: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
