import { createHash } from 'node:crypto';

import { canonicalJson, type JsonValue } from './json.js';
import type { ClipId, VideoId } from './records.js';
import type { Span } from './span.js';

const SLUG_LENGTH = 40;
const SHORT_HASH = 12;

/** SHA-256 as lower-case hex. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The first twelve hex digits of the hash of a value's canonical JSON: short enough to read, long enough to be unique. */
export function fingerprintOf(value: JsonValue): string {
  return sha256(canonicalJson(value)).slice(0, SHORT_HASH);
}

/**
 * A file name or title as `[a-z0-9-]`, at most 40 characters: accents folded, all else a hyphen; `untitled` when nothing is
 * left.
 */
export function slug(text: string): string {
  const folded = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  const words = folded
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '');
  return words === '' ? 'untitled' : words;
}

/**
 * The id of a video: its name, then the hash of its content.
 *
 * @param contentSha256 lower-case hex.
 */
export function videoId(name: string, contentSha256: string): VideoId {
  return `${slug(name)}-${contentSha256.slice(0, SHORT_HASH)}`;
}

/** The id of a clip; ids of one video sort by time up to 277 hours. */
export function clipId(video: VideoId, span: Span): ClipId {
  return `${video}_${paddedMs(span.startMs)}_${paddedMs(span.endMs)}`;
}

/** The id of a sampled frame. */
export function frameId(clip: ClipId, timeMs: number): string {
  return `${clip}_${paddedMs(timeMs)}`;
}

/**
 * What a caption or an embedding is bound to: the SHA-256 of its frames' own SHA-256 hex digests, concatenated in time order.
 * Anybody with the stored pictures can compute it again.
 */
export function framesSha256(pictureHashes: readonly string[]): string {
  return sha256(pictureHashes.join(''));
}

function paddedMs(timeMs: number): string {
  return String(timeMs).padStart(9, '0');
}
