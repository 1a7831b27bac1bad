import type { Span } from '@internvid/core';
import type { HeardPiece } from '../transformers/model-messages.js';
import type { SpeechPiece } from './speech-pieces.js';
import type { SpokenWord } from './transcriber.js';
import { SPEECH_RATE } from './voice-stream.js';

/** A word that a decoder saw in no time at all gets so much of what follows it. */
const SHORTEST_MS = 60;
const GIVEN_MS = 240;
/** No word is shorter: two that a decoder saw at the same time follow each other. */
const LEAST_MS = 20;

/**
 * Gives the words of a piece their times in the whole sound. Times are kept in order and inside the piece, and a word does not reach into
 * the silence before or after the stretch of speech that it belongs to: a decoder lets the first word begin with the piece.
 */
export function alignWords(
  heard: HeardPiece,
  { firstSample, samples, speech }: SpeechPiece,
  soundMs: number,
): readonly SpokenWord[] {
  const pieceMs = Math.floor((firstSample * 1000) / SPEECH_RATE);
  const endMs = Math.min(soundMs, pieceMs + Math.floor((samples.length * 1000) / SPEECH_RATE));
  const within = (seconds: number): number =>
    Math.min(endMs, Math.max(pieceMs, pieceMs + Math.round(seconds * 1000)));
  const raw = heard.words.map(({ text, startS, endS }) => ({
    text: text.trim(),
    startMs: within(startS),
    endMs: within(Math.max(startS, endS)),
  }));
  const words: SpokenWord[] = [];
  for (const [at, word] of raw.entries()) {
    const nextMs = Math.max(word.startMs, raw[at + 1]?.startMs ?? endMs);
    const long = word.endMs - word.startMs >= SHORTEST_MS ? word.endMs : word.startMs + GIVEN_MS;
    const span = trimToSpeech({ startMs: word.startMs, endMs: Math.min(long, nextMs) }, speech);
    const startMs = Math.min(Math.max(span.startMs, words.at(-1)?.endMs ?? 0), endMs - LEAST_MS);
    words.push({ text: word.text, startMs, endMs: Math.max(startMs + LEAST_MS, span.endMs) });
  }
  return words;
}

/** What of a span lies between the start of the first and the end of the last stretch that it touches; all of it where it touches none. */
function trimToSpeech(span: Span, speech: readonly Span[]): Span {
  const touched = speech.filter(
    ({ startMs, endMs }) => startMs < span.endMs && span.startMs < endMs,
  );
  const [first, last] = [touched[0], touched.at(-1)];
  if (first === undefined || last === undefined) return span;
  return {
    startMs: Math.max(span.startMs, first.startMs),
    endMs: Math.min(span.endMs, last.endMs),
  };
}
