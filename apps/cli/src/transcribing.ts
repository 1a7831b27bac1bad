import type { Transcriber } from '@internvid/captioner';
import {
  from,
  step,
  tableSink,
  tableSource,
  videosTable,
  type RunReport,
  type StepKey,
} from '@internvid/core';

import type { Config } from './config.js';
import { UsageError } from './exit.js';
import { oneOf, type Session } from './session.js';
import { defined } from './settings.js';

/** Flags about transcripts. */
export type SpeechFlags = { readonly transcribe?: string; readonly whisper?: string };

/** Where transcripts come from. */
export type SpeechSettings = NonNullable<Config['transcribe']> & {
  readonly from: 'subtitles' | 'whisper' | 'auto';
};

const SOURCES: readonly SpeechSettings['from'][] = ['subtitles', 'whisper', 'auto'];

/**
 * Lays the flags over the config.
 *
 * @returns undefined where nobody asks for transcripts.
 * @throws UsageError for Whisper without a model.
 */
export function speechSettings(
  { transcribe: config = {} }: Config,
  { transcribe: flag, whisper }: SpeechFlags,
): SpeechSettings | undefined {
  const source = flag === undefined ? config.from : oneOf('--transcribe', flag, SOURCES);
  const model = whisper ?? config.model;
  if (source === undefined && whisper === undefined) return undefined;
  if (source === 'whisper' && model === undefined)
    throw new UsageError(
      'Name the Whisper that listens: --whisper FOLDER, or `transcribe.model` in the config.',
    );
  return { ...config, from: source ?? 'auto', ...defined({ model }) };
}

/** Writes down what is said in the videos. Table: `transcripts`. */
export async function runTranscribe(
  session: Session,
  collect: StepKey,
  settings: SpeechSettings,
): Promise<{ readonly key: StepKey; readonly report: RunReport }> {
  const { transcribeVideos, transcriptsTable } = await import('@internvid/captioner');
  const { ffmpegSubtitleReader } = await import('@internvid/core/media');
  const { ffmpeg } = session.config;
  const transcriber = await openTranscriber(session, settings);
  try {
    const stage = transcribeVideos({
      ...(settings.from === 'whisper'
        ? {}
        : { subtitles: ffmpegSubtitleReader(defined({ ffmpeg })) }),
      ...defined({ transcriber, languages: settings.subtitleLanguages }),
    });
    const videos = from(tableSource(collect, videosTable));
    const key = step('transcribe', videos.through(stage), tableSink(transcriptsTable));
    return { key, report: await session.run(key) };
  } finally {
    await transcriber?.[Symbol.asyncDispose]();
  }
}

async function openTranscriber(
  { config: { ffmpeg, ffprobe } }: Session,
  { from: source, subtitleLanguages: _, model, ...options }: SpeechSettings,
): Promise<Transcriber | undefined> {
  if (source === 'subtitles' || model === undefined) return undefined;
  const { whisperTranscriber } = await import('@internvid/captioner');
  const { ffmpegAudioReader } = await import('@internvid/core/media');
  const audio = ffmpegAudioReader(defined({ ffmpeg, ffprobe }));
  return whisperTranscriber({ audio, model, ...defined(options) });
}
