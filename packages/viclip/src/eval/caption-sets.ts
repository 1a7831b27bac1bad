import { ToolkitError } from '@internvid/core';

import { parseCsvRecords } from './csv.js';

/** A video of a test and the texts that are true of it. */
export type CaptionedVideo = {
  /** What its file may be called, without extension, the likeliest first. */
  readonly names: readonly string[];
  readonly captions: readonly string[];
};

/** Readers of annotation files, by name. A sentence of a video becomes a caption, unless a reader says otherwise. */
export const CAPTION_SETS: {
  /** MSR-VTT 1k-A: `MSRVTT_JSFUSION_test.csv`, columns `video_id` and `sentence`. */
  readonly 'msrvtt-csv': (text: string) => readonly CaptionedVideo[];
  /** MSR-VTT: `test_videodatainfo.json` and its like, lists `videos` and `sentences`. */
  readonly 'msrvtt-json': (text: string) => readonly CaptionedVideo[];
  /** MSVD: `AllVideoDescriptions.txt`, lines `<video> <sentence>`; lines that begin with `#` are skipped. */
  readonly msvd: (text: string) => readonly CaptionedVideo[];
  /** DiDeMo: `test_data.json`, entries with `video` and `description`; all of a video are one paragraph. */
  readonly didemo: (text: string) => readonly CaptionedVideo[];
  /** LSMDC: `LSMDC16_challenge_1000_publictect.csv`, six columns parted by tabs, the clip first, the sentence last. */
  readonly lsmdc: (text: string) => readonly CaptionedVideo[];
  /** ActivityNet Captions: `val_1.json`, `sentences` by video; all of a video are one paragraph. */
  readonly activitynet: (text: string) => readonly CaptionedVideo[];
  /** The authors' own: a JSON list of `video` and `caption`, which is a text or a list of texts. */
  readonly viclip: (text: string) => readonly CaptionedVideo[];
} = {
  'msrvtt-csv': (text) =>
    grouped(
      parseCsvRecords(text, ['video_id', 'sentence']).map((row) => [
        row['video_id'] ?? '',
        row['sentence'] ?? '',
      ]),
    ),
  'msrvtt-json': (text) => {
    const { videos, sentences } = asRecord(parseJson(text));
    const known = new Set(list(videos, 'videos').map((entry) => textAt(entry, 'video_id')));
    const pairs = list(sentences, 'sentences').map(
      (entry) => [textAt(entry, 'video_id'), textAt(entry, 'caption')] as const,
    );
    return grouped(pairs.filter(([video]) => known.has(video)));
  },
  msvd: (text) =>
    grouped(
      text.split(/\r?\n/).flatMap((line) => {
        const [, video, sentence] = /^([^\s#]\S*)\s+(.+?)\s*$/.exec(line) ?? [];
        return video === undefined || sentence === undefined ? [] : [[video, sentence]];
      }),
    ),
  didemo: (text) => {
    const entries = list(parseJson(text), 'the file');
    const pairs = entries.map(
      (entry) => [textAt(entry, 'video'), textAt(entry, 'description')] as const,
    );
    return grouped(pairs).map(paragraph);
  },
  lsmdc: (text) =>
    grouped(
      parseTabs(text).map((row) => {
        const [clip, sentence] = [row[0], row[5]];
        if (clip === undefined || sentence === undefined)
          throw notOfFormat('a row has no six columns');
        return [clip, sentence];
      }),
    ),
  activitynet: (text) =>
    Object.entries(asRecord(parseJson(text))).map(([video, entry]) => {
      const sentences = list(asRecord(entry)['sentences'], 'sentences').map((sentence) =>
        asText(sentence, 'sentences').trim(),
      );
      const names = video.startsWith('v_') ? [video, video.slice(2)] : [video];
      return { names, captions: [sentences.join(' ')] };
    }),
  viclip: (text) =>
    grouped(
      list(parseJson(text), 'the file').flatMap((entry) => {
        const { caption } = asRecord(entry);
        const captions = Array.isArray(caption) ? (caption as unknown[]) : [caption];
        return captions.map((one) => [textAt(entry, 'video'), asText(one, 'caption')] as const);
      }),
    ),
};

/** Name of a reader of annotation files. */
export type CaptionSetName = keyof typeof CAPTION_SETS;

/**
 * Reads an annotation file of a retrieval test.
 *
 * @throws ToolkitError `invalid-record` for a text that is not of the format.
 */
export function parseCaptionSet(format: CaptionSetName, text: string): readonly CaptionedVideo[] {
  try {
    return CAPTION_SETS[format](text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('invalid-record', `These are no annotations of ${format}: ${reason}`, {
      cause,
    });
  }
}

function grouped(
  pairs: readonly (readonly [string, string])[] | readonly string[][],
): readonly CaptionedVideo[] {
  const videos = new Map<string, string[]>();
  for (const [video = '', caption = ''] of pairs) {
    const known = videos.get(video);
    if (known === undefined) videos.set(video, [caption]);
    else known.push(caption);
  }
  return Array.from(videos, ([video, captions]) => ({
    names: [video.replace(/\.(?:mp4|avi|mov|mkv|webm|3gp|mpg|m4v|wmv)$/i, '')],
    captions,
  }));
}

function paragraph({ names, captions }: CaptionedVideo): CaptionedVideo {
  return { names, captions: [captions.map((caption) => caption.trim()).join(' ')] };
}

/** Sentences hold quotes that open nothing, so the rules of quoted fields do not hold here. */
function parseTabs(text: string): readonly (readonly string[])[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => line.split('\t'));
}

function parseJson(text: string): unknown {
  return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw notOfFormat('an object is missing');
}

function list(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw notOfFormat(`${name} is no list`);
}

function textAt(value: unknown, name: string): string {
  return asText(asRecord(value)[name], name);
}

function asText(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw notOfFormat(`${name} is no text`);
}

function notOfFormat(what: string): RangeError {
  return new RangeError(`${what}.`);
}
