import { duration, type Producer } from '@internvid/core';
import type { AudioReader } from '@internvid/core/media';
import { modelProcess, type ModelProcess } from '../transformers/model-process.js';
import { modelIdentity, placeModel, type TransformersModel } from '../transformers/model-source.js';
import { hearPiece } from './hear-piece.js';
import { speechPieces } from './speech-pieces.js';
import type { RejectedSpeech, SpokenWord, Transcriber, Transcript } from './transcriber.js';
import { openVoiceGate, type GateChoice, type VoiceGate } from './voice-gate.js';
import { SPEECH_RATE } from './voice-stream.js';

/** Which Whisper listens, and how. */
export type WhisperTranscriberOptions = TransformersModel & {
  readonly audio: AudioReader;
  /** What keeps silence and noise from the model. Default `auto`; the producer says which one it is. */
  readonly gate?: GateChoice;
  /** Language of all files, as `de`. Default: identified for each file by a multilingual model; English-only models hear English. */
  readonly language?: string;
};

/** Raised when the words change for the same sound. */
const VERSION = '1';

/**
 * Transcribes with a Whisper in transformers.js, in a process of its own. Only what a voice gate lets through is heard, in pieces that end
 * at pauses; what the model then invents all the same is rejected. Half a minute of sound is in memory at a time.
 *
 * The model needs the cross attentions among its outputs for word times (hub models whose name ends in `_timestamped` have them).
 *
 * @throws ToolkitError `missing-dependency` where a package is not installed, `not-found`, `model-failed`.
 */
export async function whisperTranscriber(options: WhisperTranscriberOptions): Promise<Transcriber> {
  const { audio, gate: choice, language } = options;
  const place = await placeModel(options);
  const gate = await openVoiceGate(choice);
  let whisper: ModelProcess<'whisper'>;
  try {
    whisper = await modelProcess({ kind: 'whisper', place });
  } catch (error) {
    await gate[Symbol.asyncDispose]();
    throw error;
  }
  const producer: Producer = {
    name: 'whisper',
    version: VERSION,
    config: {
      ...(await modelIdentity(place)),
      gate: gate.name,
      ...(language === undefined ? {} : { language }),
    },
  };
  return {
    producer,
    transcribe: (uri, signal) => transcribe(uri, { audio, gate, whisper, language }, signal),
    async [Symbol.asyncDispose]() {
      await Promise.all([whisper[Symbol.asyncDispose](), gate[Symbol.asyncDispose]()]);
    },
  };
}

type Tools = {
  readonly audio: AudioReader;
  readonly gate: VoiceGate;
  readonly whisper: ModelProcess<'whisper'>;
  readonly language: string | undefined;
};

async function transcribe(
  uri: string,
  { audio, gate, whisper, language: wanted }: Tools,
  signal: AbortSignal,
): Promise<Transcript> {
  const words: SpokenWord[] = [];
  const rejected: RejectedSpeech[] = [];
  let language = wanted;
  let speechMs = 0;
  const sound = { samples: 0 };
  for await (const piece of speechPieces(soundOf(uri, audio, sound, signal), gate.open(), signal)) {
    let spoken: string | undefined;
    const heard = await hearPiece(piece, msOf(sound.samples), async (samples) => {
      const answer = await whisper.ask({ samples, language }, signal);
      spoken ??= answer.language;
      return answer;
    });
    // The language of what was made up over noise is no language of the file.
    if (heard.words.length > 0) language ??= spoken;
    words.push(...heard.words);
    rejected.push(...heard.rejected);
    speechMs += piece.speech.reduce((sum, stretch) => sum + duration(stretch), 0);
  }
  const soundMs = msOf(sound.samples);
  return { language: language ?? 'und', words, rejected, soundMs, speechMs };
}

async function* soundOf(
  uri: string,
  audio: AudioReader,
  sound: { samples: number },
  signal: AbortSignal,
): AsyncGenerator<Float32Array> {
  const request = { sampleRate: SPEECH_RATE, channels: 1, format: 'f32' } as const;
  for await (const { samples } of audio.samples(uri, request, signal)) {
    sound.samples += samples.length;
    yield samples;
  }
}

function msOf(samples: number): number {
  return Math.floor((samples * 1000) / SPEECH_RATE);
}
