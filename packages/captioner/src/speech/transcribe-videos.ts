import { flatMapStage, type JsonObject, type Stage, type Video } from '@internvid/core';
import type { SubtitleReader } from '@internvid/core/media';
import { readVideoSubtitles } from '../subtitles/video-subtitles.js';
import type { Transcriber } from './transcriber.js';
import type { TranscriptLine } from './transcript-lines.js';

/** Where transcripts come from, and what reads them. */
export type TranscribeVideosOptions = {
  /** Reads subtitles beside and inside the videos. Left out: they are not looked for. */
  readonly subtitles?: SubtitleReader;
  /** Listens to the videos that have no subtitles. Left out: those have no transcript. It stays the caller's to dispose of. */
  readonly transcriber?: Transcriber;
  /** Languages of subtitles to prefer, as BCP 47 tags, the best first. Default: none, and written ones come before automatic ones. */
  readonly languages?: readonly string[];
  /** Videos at once. Default 1: a recogniser keeps all cores busy. */
  readonly concurrency?: number;
};

/**
 * Writes down what is said in videos: from their subtitles where there are some, else by listening. A video in which nothing is said gives
 * nothing. Warnings: `no-subtitles` where nothing else would listen, `subtitles-unreadable` for a file or track that is none,
 * `guessed-encoding`, and `invented-speech` where something was heard that is not believed.
 *
 * @throws TypeError without subtitles and transcriber.
 */
export function transcribeVideos(options: TranscribeVideosOptions): Stage<Video, TranscriptLine> {
  const { subtitles, transcriber, languages = [], concurrency = 1 } = options;
  if (subtitles === undefined && transcriber === undefined)
    throw new TypeError('options.subtitles or options.transcriber is needed.');
  const config: JsonObject = {
    ...(subtitles === undefined ? {} : { subtitles: 2, languages }),
    ...(transcriber === undefined ? {} : { transcriber: transcriber.producer }),
  };
  return flatMapStage({
    name: 'transcribe-videos',
    version: 1,
    config,
    concurrency,
    async *flatMap(video: Video, { signal, warn }): AsyncGenerator<TranscriptLine> {
      if (subtitles !== undefined) {
        const found = await readVideoSubtitles(video, { subtitles, languages, signal, warn });
        if (found !== undefined) {
          yield* found;
          return;
        }
      }
      if (transcriber === undefined) warn('no-subtitles');
      else yield* heardIn(video, transcriber, signal, warn);
    },
  });
}

async function* heardIn(
  video: Video,
  transcriber: Transcriber,
  signal: AbortSignal,
  warn: (warning: string) => void,
): AsyncGenerator<TranscriptLine> {
  if (video.info?.audio.length === 0) return;
  const { words, language, rejected } = await transcriber.transcribe(video.uri, signal);
  if (rejected.length > 0) warn('invented-speech');
  for (const word of words) {
    yield {
      video: video.id,
      ...word,
      unit: 'word',
      language,
      source: 'whisper',
      by: transcriber.producer,
    };
  }
}
