import type { Producer } from '@internvid/core';

/** A word, and when it is said: whole milliseconds from the start of the file, as the times of its frames. */
export type SpokenWord = {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
};

/** Sound that was listened to and of which nothing is kept, and why. */
export type RejectedSpeech = {
  readonly startMs: number;
  readonly endMs: number;
  /** What was heard there. */
  readonly text: string;
  readonly reason: SpeechRejection;
};

/** Why what a model heard is not believed. */
export type SpeechRejection =
  'no-speech' | 'uncertain' | 'unaligned' | 'repetitive' | 'too-many-words' | 'known-invention';

/** What is said in a file. */
export type Transcript = {
  /** BCP 47 tag; `und` where nothing was heard. */
  readonly language: string;
  /** In order of time. */
  readonly words: readonly SpokenWord[];
  readonly rejected: readonly RejectedSpeech[];
  /** Length of the sound, and of what the gate let through to the model. */
  readonly soundMs: number;
  readonly speechMs: number;
};

/** Writes down what is said. */
export interface Transcriber extends AsyncDisposable {
  readonly producer: Producer;
  /**
   * @param uri a file with sound; of several tracks the one that players play.
   * @throws ToolkitError `unreadable` with `details.reason` = `no-audio-track`, `decode-failed`, `encrypted`, `model-failed`; the signal's
   * reason when it aborts.
   */
  transcribe(uri: string, signal: AbortSignal): Promise<Transcript>;
}
