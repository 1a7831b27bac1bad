import { canonicalJson, sha256, type JsonObject, type JsonValue } from '@internvid/core';

import type { InterleavedDocument, InterleavedItem } from './document.js';
import { clipFileName, formatDocument } from './formats.js';

/** A picture or a clip file that goes with a document. */
export type DocumentMedium = {
  /** The clip that it shows, which is one of the document. */
  readonly clip: string;
  /** Of a picture, which is a JPEG: its time in the video. Absent for a clip file, which is an MP4. */
  readonly timeMs?: number;
  readonly bytes: Uint8Array;
};

/** A document with what it shows. */
export type PackedDocument = {
  readonly document: InterleavedDocument;
  /** Pictures of its clips, or their files; never both. In the order of the clips. */
  readonly media: readonly DocumentMedium[];
};

/** A document as it was found, and what is wrong with its pictures or clip files. */
export type FoundDocument = PackedDocument & {
  readonly faults: readonly { readonly name: string; readonly message: string }[];
};

/**
 * A document as the `.json` part of a sample: the MMC4 form with its media as base64 inside. `image_info` has the fields that OpenFlamingo's
 * loader reads; `matched_sim` is 1, since the text is the caption of that very clip. `videos` and `text_kinds` are there so that the
 * document comes back as it was.
 */
export function documentPart({ document, media }: PackedDocument): string {
  const form = formatDocument(document, 'mmc4');
  const infos = form.video_info as readonly JsonObject[];
  const shown = document.items.filter((item) => item.kind === 'clip').map(({ clip }) => clip);
  const files = new Map(media.filter(isClipFile).map((file) => [file.clip, file]));
  const matches = new Map(shown.map((clip, at) => [clip, infos[at]?.matched_text_index]));
  const pictures = media.filter((medium) => !isClipFile(medium));
  const images = pictures.map((picture) => ({
    image_name: nameOf(picture),
    video_name: clipFileName(picture.clip),
    time_ms: picture.timeMs ?? 0,
    matched_text_index: matches.get(picture.clip) ?? 0,
    matched_sim: 1,
    ...packed('image_base64', picture),
  }));
  return canonicalJson({
    ...form,
    videos: document.videos,
    text_kinds: document.items.flatMap((item) => (item.kind === 'text' ? [item.of] : [])),
    video_info: infos.map((info, at) => {
      const file = files.get(shown[at] ?? '');
      return file === undefined ? info : { ...info, ...packed('video_base64', file) };
    }),
    ...(images.length === 0 ? {} : { image_info: images }),
  });
}

/** Reads a `.json` part back. @returns what is wrong with it, where it is no document. */
export function readDocumentPart(text: string): FoundDocument | string {
  const value = objectOf(text);
  const { id, videos, text_list: texts, text_kinds: kinds, video_info: infos } = value ?? {};
  if (typeof id !== 'string') return 'it is no document';
  if (!isTexts(videos)) return '`videos` is no list of ids';
  if (!isTexts(texts) || !isTexts(kinds) || texts.length !== kinds.length)
    return '`text_list` and `text_kinds` are not lists of texts of one length';
  if (!Array.isArray(infos) || !infos.every(isVideoInfo)) return '`video_info` lacks fields';
  const pictures = value?.image_info ?? [];
  if (!Array.isArray(pictures) || !pictures.every(isImageInfo)) return '`image_info` lacks fields';
  const items: InterleavedItem[] = [];
  for (let at = 0; at <= texts.length; at++) {
    items.push(...infos.filter(({ matched_text_index: text }) => text === at).map(clipItem));
    const [wording, of] = [texts[at], kinds[at]];
    if (wording === undefined) continue;
    if (of !== 'caption' && of !== 'transcript') return `\`text_kinds\` has ${String(of)}`;
    items.push({ kind: 'text', text: wording, of });
  }
  if (items.length !== texts.length + infos.length) return 'a `matched_text_index` leads nowhere';
  return { document: { id, videos, items }, ...mediaOf(infos, pictures) };
}

function mediaOf(
  infos: readonly VideoInfo[],
  pictures: readonly ImageInfo[],
): Pick<FoundDocument, 'media' | 'faults'> {
  const clips = new Set(infos.map(({ video_name: name }) => name));
  const media: DocumentMedium[] = [];
  const faults: { name: string; message: string }[] = [];
  const add = (name: string, base64: string, hash: string, of: Omit<DocumentMedium, 'bytes'>) => {
    const bytes = Buffer.from(base64, 'base64');
    media.push({ ...of, bytes });
    if (bytes.toString('base64') !== base64) faults.push({ name, message: 'it is no base64' });
    else if (sha256(bytes) !== hash)
      faults.push({ name, message: 'its bytes are not those that were packed' });
  };
  for (const { image_name: name, video_name: video, time_ms: timeMs, ...picture } of pictures) {
    add(name, picture.image_base64, picture.sha256, { clip: clipOf(video), timeMs });
    if (!clips.has(video)) faults.push({ name, message: 'it is of no clip of the document' });
  }
  for (const { video_name: name, video_base64: base64, sha256: hash } of infos)
    if (base64 !== undefined) add(name, base64, hash ?? '', { clip: clipOf(name) });
  return { media, faults };
}

type VideoInfo = {
  readonly video_name: string;
  readonly video_id: string;
  readonly start_ms: number;
  readonly end_ms: number;
  readonly matched_text_index: number;
  readonly video_base64?: string;
  readonly sha256?: string;
};

type ImageInfo = {
  readonly image_name: string;
  readonly video_name: string;
  readonly time_ms: number;
  readonly image_base64: string;
  readonly sha256: string;
};

function isVideoInfo(value: unknown): value is VideoInfo {
  const info = value as Partial<VideoInfo> | null;
  const named = typeof info?.video_name === 'string' && info.video_name.endsWith('.mp4');
  const placed = [info?.start_ms, info?.end_ms, info?.matched_text_index].every(Number.isInteger);
  const file = info?.video_base64;
  const whole =
    file === undefined || (typeof file === 'string' && typeof info?.sha256 === 'string');
  return named && typeof info.video_id === 'string' && placed && whole;
}

function isImageInfo(value: unknown): value is ImageInfo {
  const info = value as Partial<ImageInfo> | null;
  const texts = [info?.image_name, info?.video_name, info?.image_base64, info?.sha256];
  return texts.every((text) => typeof text === 'string') && Number.isInteger(info?.time_ms);
}

function clipItem(info: VideoInfo): InterleavedItem {
  const { video_name: name, video_id: video, start_ms: startMs, end_ms: endMs } = info;
  return { kind: 'clip', clip: clipOf(name), video, startMs, endMs };
}

function packed(name: string, { bytes }: DocumentMedium): Record<string, JsonValue> {
  return { [name]: Buffer.from(bytes).toString('base64'), sha256: sha256(bytes) };
}

function nameOf({ clip, timeMs = 0 }: DocumentMedium): string {
  return `${clip}-${timeMs}.jpg`;
}

function isClipFile({ timeMs }: DocumentMedium): boolean {
  return timeMs === undefined;
}

function clipOf(file: string): string {
  return file.slice(0, -'.mp4'.length);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
