import { duration, type Span } from '@internvid/core';
import type { HeardPiece, Sound } from '../transformers/model-messages.js';
import type { TimedWord } from '../transformers/whisper-words.js';
import { alignWords } from './align-words.js';
import { judgeSpeech } from './judge-speech.js';
import type { SpeechPiece } from './speech-pieces.js';
import type { RejectedSpeech, SpeechRejection, SpokenWord } from './transcriber.js';
import { SPEECH_RATE } from './voice-stream.js';

/** What came of a piece. */
export type HeardWords = {
  readonly words: readonly SpokenWord[];
  readonly rejected: readonly RejectedSpeech[];
};

/** Listens to a sound. */
export type Hear = (samples: Sound) => Promise<HeardPiece>;

/** A shorter stretch of speech without a word may be a breath or a laugh. */
const MISSED_MS = 1_000;
/** Sound around a stretch that is heard by itself. */
const MARGIN_MS = 300;
/** A decoder in a loop says nothing about what it would have heard alone. */
const LOOPS: readonly SpeechRejection[] = ['repetitive', 'too-many-words'];

/**
 * Listens to a piece and judges what was heard. Whisper at times leaves out a sentence between two others, or falls into a loop: a stretch
 * in which the gate hears speech and no word was written down is heard once more by itself.
 */
export async function hearPiece(
  piece: SpeechPiece,
  soundMs: number,
  hear: Hear,
): Promise<HeardWords> {
  const first = await hearOnce(piece, soundMs, hear);
  const [rejection] = first.rejected;
  if (rejection !== undefined && !LOOPS.includes(rejection.reason)) return first;
  const missed = piece.speech.filter((stretch) => isMissed(stretch, first.words));
  const isAll = missed.length === piece.speech.length;
  if (missed.length === 0 || (isAll && piece.speech.length === 1)) return first;
  const words = [...first.words];
  const rejected: RejectedSpeech[] = [];
  for (const stretch of missed) {
    const again = await hearOnce(partOf(piece, stretch), soundMs, hear);
    words.push(...again.words);
    rejected.push(...again.rejected);
  }
  return { words: inOrder(words), rejected };
}

async function hearOnce(piece: SpeechPiece, soundMs: number, hear: Hear): Promise<HeardWords> {
  const heard = await hear(piece.samples);
  const text = heard.words
    .map((word) => word.text)
    .join('')
    .trim();
  const speechMs = piece.speech.reduce((sum, stretch) => sum + duration(stretch), 0);
  const reason = judgeSpeech({ ...heard, text, wordsS: heard.words.map(lengthOf), speechMs });
  if (reason === undefined) return { words: alignWords(heard, piece, soundMs), rejected: [] };
  const startMs = msOf(piece.firstSample);
  const endMs = msOf(piece.firstSample + piece.samples.length);
  return { words: [], rejected: [{ startMs, endMs, text, reason }] };
}

function lengthOf({ startS, endS }: TimedWord): number {
  return endS - startS;
}

function isMissed(stretch: Span, words: readonly SpokenWord[]): boolean {
  return (
    duration(stretch) >= MISSED_MS &&
    !words.some(({ startMs, endMs }) => startMs < stretch.endMs && endMs > stretch.startMs)
  );
}

function partOf({ firstSample, samples }: SpeechPiece, stretch: Span): SpeechPiece {
  const sampleAt = (ms: number): number =>
    Math.min(samples.length, Math.max(0, Math.round((ms * SPEECH_RATE) / 1000) - firstSample));
  const from = sampleAt(stretch.startMs - MARGIN_MS);
  const until = sampleAt(stretch.endMs + MARGIN_MS);
  return {
    firstSample: firstSample + from,
    samples: samples.slice(from, until),
    speech: [stretch],
  };
}

/** A word that was heard again reaches into no neighbour. */
function inOrder(words: readonly SpokenWord[]): readonly SpokenWord[] {
  const ordered = words.toSorted((a, b) => a.startMs - b.startMs);
  return ordered.map((word, at) => {
    const nextMs = ordered[at + 1]?.startMs ?? Infinity;
    return { ...word, endMs: Math.max(word.startMs, Math.min(word.endMs, nextMs)) };
  });
}

function msOf(samples: number): number {
  return Math.floor((samples * 1000) / SPEECH_RATE);
}
