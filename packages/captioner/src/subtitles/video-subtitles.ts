import { ToolkitError, type JsonObject, type JsonValue, type Video } from '@internvid/core';
import type { SubtitleReader } from '@internvid/core/media';
import type { TranscriptLine, TranscriptSource } from '../speech/transcript-lines.js';
import { parseSubtitles, type Subtitles } from './parse-subtitles.js';
import {
  besideVideo,
  findSubtitleFiles,
  languageTag,
  readSubtitleFile,
  type SubtitleFile,
} from './subtitle-files.js';

/** What reading the subtitles of a video needs. */
export type ReadVideoSubtitlesOptions = {
  readonly subtitles: SubtitleReader;
  /** BCP 47 tags, the best first. */
  readonly languages: readonly string[];
  readonly signal: AbortSignal;
  warn(warning: string): void;
};

/** Subtitles that a video has, not read yet. */
type Offer = {
  readonly source: Exclude<TranscriptSource, 'whisper'>;
  readonly language: string;
  readonly isAutomatic: boolean;
  readonly about: JsonObject;
  read(): Promise<Subtitles & { readonly encoding?: string }>;
};

/** Raised when the same subtitles give other lines. */
const VERSION = '1';
/** Codecs of subtitles that are text; others are pictures of it. */
const TEXT_CODECS: readonly string[] = ['ass', 'mov_text', 'ssa', 'subrip', 'text', 'webvtt'];

/**
 * Reads the best subtitles of a video: those that were fetched with it, files beside it, then tracks inside it; written before automatic
 * ones, and before all that the languages that are preferred. What cannot be read is warned of, and the next best is taken.
 *
 * @returns undefined where there are none.
 */
export async function readVideoSubtitles(
  video: Video,
  options: ReadVideoSubtitlesOptions,
): Promise<readonly TranscriptLine[] | undefined> {
  const { languages, signal, warn } = options;
  const offers = [...(await fileOffers(video, signal)), ...trackOffers(video, options)];
  for (const offer of offers.toSorted(byRank(languages))) {
    signal.throwIfAborted();
    try {
      const read = await offer.read();
      if (read.encoding === 'windows-1252') warn('guessed-encoding');
      if (read.cues.length > 0) return linesOf(video, offer, read);
    } catch (error) {
      if (!ToolkitError.is(error) || error.stopsRun) throw error;
    }
    warn('subtitles-unreadable');
  }
  return undefined;
}

function byRank(languages: readonly string[]): (a: Offer, b: Offer) => number {
  const rank = ({ language, isAutomatic }: Offer): number => {
    const wanted = languages.findIndex((tag) => isOf(language, tag));
    return (wanted < 0 ? languages.length : wanted) * 2 + Number(isAutomatic);
  };
  return (a, b) => rank(a) - rank(b);
}

/** Whether a language is of the one that is wanted: `en-GB` is of `en`. */
function isOf(language: string, wanted: string): boolean {
  const [found, tag] = [language.toLowerCase(), wanted.toLowerCase()];
  return found === tag || found.startsWith(`${tag}-`);
}

async function fileOffers(video: Video, signal: AbortSignal): Promise<readonly Offer[]> {
  const fetched = fetchedFiles(video.metadata);
  const names = new Set(fetched.map(({ fileName }) => fileName));
  const beside = (await findSubtitleFiles(video.uri)).filter(
    ({ fileName }) => !names.has(fileName),
  );
  return [...fetched, ...beside].flatMap(({ fileName, language, isAutomatic }) => {
    const path = besideVideo(video.uri, fileName);
    if (path === undefined) return [];
    return [
      {
        source: 'subtitle-file' as const,
        language,
        isAutomatic,
        about: { fileName, isAutomatic },
        read: () => readSubtitleFile(path, signal),
      },
    ];
  });
}

/** The subtitles that were fetched with a video, as its metadata name them. Where the record says nothing of the kind, none. */
function fetchedFiles({ download }: JsonObject): readonly SubtitleFile[] {
  const listed = isObject(download) && Array.isArray(download.subtitles) ? download.subtitles : [];
  return listed.flatMap((entry: JsonValue) => {
    if (!isObject(entry) || typeof entry.fileName !== 'string') return [];
    const { fileName, language, isAutomatic } = entry;
    const tag = typeof language === 'string' ? languageTag(language) : undefined;
    return [{ fileName, language: tag ?? 'und', isAutomatic: isAutomatic === true }];
  });
}

function trackOffers(
  { uri, info }: Video,
  { subtitles, signal }: ReadVideoSubtitlesOptions,
): readonly Offer[] {
  return (info?.subtitles ?? [])
    .filter(({ codec }) => TEXT_CODECS.includes(codec))
    .map(({ stream, codec, language }) => ({
      source: 'subtitle-track' as const,
      language: languageTag(language ?? '') ?? 'und',
      isAutomatic: false,
      about: { stream, codec },
      read: async () =>
        parseSubtitles(
          await subtitles.webVtt(uri, stream, signal),
          `The subtitle track ${stream} of ${uri}`,
        ),
    }));
}

function linesOf(
  { id, info }: Video,
  { source, language, about }: Offer,
  { cues, format, isRolling, faults, encoding }: Subtitles & { readonly encoding?: string },
): readonly TranscriptLine[] {
  const config = {
    ...about,
    format,
    isRolling,
    faults,
    ...(encoding === undefined ? {} : { encoding }),
  };
  const rest = { video: id, language, source, by: { name: source, version: VERSION, config } };
  const untilMs = info?.durationMs ?? Infinity;
  const lines = cues.flatMap(({ words, ...cue }): readonly TranscriptLine[] =>
    words === undefined
      ? [{ ...rest, ...cue, unit: 'cue' }]
      : words.map((word) => ({ ...rest, ...word, unit: 'word' })),
  );
  return lines
    .filter(({ startMs }) => startMs < untilMs)
    .map((line) => ({ ...line, endMs: Math.min(line.endMs, untilMs) }));
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
