import type { Span } from '@internvid/core';
import type { Sound } from '../transformers/model-messages.js';
import { GATE_WINDOW, SPEECH_RATE, type VoiceStream } from './voice-stream.js';

/** A stretch of sound in which somebody speaks, short enough for a recogniser. */
export type SpeechPiece = {
  /** Number of its first sample, from the start of the sound. */
  readonly firstSample: number;
  readonly samples: Sound;
  /** Where in the sound the gate heard speech, in milliseconds from the start of the sound; in order, at least one. */
  readonly speech: readonly Span[];
};

/** Speech begins at this probability and goes on until it falls below the other: Silero's own values. */
const BEGINS = 0.5;
const GOES_ON = 0.35;
/** A shorter sound is no word; a shorter pause is within one. In windows of 32 ms: 256 ms and 96 ms. */
const SHORTEST_SPEECH = 8;
const SHORTEST_PAUSE = 3;
/** Sound kept around speech, so that no quiet start or end of a word is lost: 384 ms. */
const MARGIN = 12;
/** After so long a pause a new piece begins: 3 s. Whisper, given silence, fills it. */
const LONG_PAUSE = 94;
/** Whisper hears 30 s at once; a piece with its margin stays below: 29.4 s. */
const LONGEST = 920;
/** A piece that is too long is cut at the longest pause of its last two thirds. */
const EARLIEST_CUT = 300;
/** Windows that are judged at once. */
const BATCH = 32;

/**
 * Divides a sound into pieces at pauses. Every window in which somebody speaks is in exactly one piece, so where pieces join nothing is
 * repeated or lost. Where nobody pauses for 20 s the cut is where speech is least likely. Half a minute is in memory at a time.
 */
export async function* speechPieces(
  chunks: AsyncIterable<Float32Array>,
  voice: VoiceStream,
  signal: AbortSignal,
): AsyncGenerator<SpeechPiece> {
  const sound = heldSound();
  for await (const batch of inBatches(chunks, BATCH * GATE_WINDOW)) {
    sound.add(batch, await voice.probabilities(batch, signal));
    for (let piece = sound.next(false); piece !== undefined; piece = sound.next(false)) yield piece;
  }
  for (let piece = sound.next(true); piece !== undefined; piece = sound.next(true)) yield piece;
}

/** The sound from the end of the last piece on. */
interface HeldSound {
  add(samples: Sound, probabilities: Float32Array): void;
  /** The next piece that is complete; with `isEnd` what there is. */
  next(isEnd: boolean): SpeechPiece | undefined;
}

/** A run of windows, from the first inside to the first after. */
type Run = { readonly from: number; readonly until: number };

function heldSound(): HeldSound {
  let firstWindow = 0;
  let windows: Sound[] = [];
  let voiced: number[] = [];

  const take = (from: number, until: number, runs: readonly Run[], rest: number): SpeechPiece => {
    const piece = {
      firstSample: (firstWindow + from) * GATE_WINDOW,
      samples: joined(windows.slice(from, until)),
      speech: runs.map((run) => ({
        startMs: msOf(firstWindow + Math.max(from, run.from)),
        endMs: msOf(firstWindow + Math.min(until, run.until)),
      })),
    };
    forget(rest);
    return piece;
  };
  const forget = (count: number): void => {
    windows = windows.slice(count);
    voiced = voiced.slice(count);
    firstWindow += count;
  };

  return {
    add(samples, probabilities) {
      for (const [at, probability] of probabilities.entries()) {
        windows.push(samples.slice(at * GATE_WINDOW, (at + 1) * GATE_WINDOW));
        voiced.push(probability);
      }
    },
    next(isEnd) {
      const runs = speechRuns(voiced, isEnd);
      const [first] = runs;
      if (first === undefined) {
        // What may still become the margin of the next word, or its start, stays.
        if (isEnd) forget(windows.length);
        else forget(Math.max(0, windows.length - MARGIN - SHORTEST_SPEECH - SHORTEST_PAUSE));
        return undefined;
      }
      const from = Math.max(0, first.from - MARGIN);
      const together = runsBeforePause(runs);
      const end = together.at(-1)?.until ?? first.until;
      const isPast = together.length < runs.length || windows.length - end >= LONG_PAUSE;
      if (end - from <= LONGEST) {
        if (!isEnd && !isPast) return undefined;
        const until = Math.min(windows.length, end + MARGIN);
        return take(from, until, together, until);
      }
      const cut = cutPlace(voiced, runs, from);
      const inside = together.filter((run) => run.from < cut);
      return take(from, cut, inside, cut);
    },
  };
}

/** Runs of speech that are long enough, with pauses that are. The last one may go on where the sound does. */
function speechRuns(voiced: readonly number[], isEnd: boolean): readonly Run[] {
  const runs: Run[] = [];
  let from: number | undefined;
  let lastVoiced = 0;
  const close = (until: number): void => {
    if (from !== undefined && until - from >= SHORTEST_SPEECH) runs.push({ from, until });
    from = undefined;
  };
  for (const [at, probability] of voiced.entries()) {
    if (probability >= (from === undefined ? BEGINS : GOES_ON)) {
      from ??= at;
      lastVoiced = at;
    } else if (from !== undefined && at - lastVoiced > SHORTEST_PAUSE) close(lastVoiced + 1);
  }
  if (from !== undefined) {
    if (isEnd) close(lastVoiced + 1);
    // Whether it is long enough shows later; until then it counts, so that it is kept.
    else runs.push({ from, until: lastVoiced + 1 });
  }
  return runs;
}

function runsBeforePause(runs: readonly Run[]): readonly Run[] {
  const pause = runs.findIndex(
    (run, at) => at > 0 && run.from - (runs[at - 1]?.until ?? 0) >= LONG_PAUSE,
  );
  return pause < 0 ? runs : runs.slice(0, pause);
}

/** The window to cut before: the middle of the longest pause that still fits, else the least likely speech. */
function cutPlace(voiced: readonly number[], runs: readonly Run[], from: number): number {
  const latest = from + LONGEST;
  const pauses = runs
    .map((run, at): Run => ({ from: runs[at - 1]?.until ?? 0, until: run.from }))
    .filter((pause, at) => at > 0 && pause.from >= from + EARLIEST_CUT && pause.until <= latest)
    .toSorted((a, b) => b.until - b.from - (a.until - a.from));
  const [longest] = pauses;
  if (longest !== undefined) return Math.floor((longest.from + longest.until) / 2);
  let best = latest;
  for (let at = from + EARLIEST_CUT; at < latest; at++)
    if ((voiced[at] ?? 0) < (voiced[best] ?? 1)) best = at;
  return best;
}

/** Whole batches; the last one is filled up with silence to a whole window. */
async function* inBatches(
  chunks: AsyncIterable<Float32Array>,
  size: number,
): AsyncGenerator<Sound> {
  let batch = new Float32Array(size);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - filled);
      batch.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield batch;
      batch = new Float32Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield batch.slice(0, Math.ceil(filled / GATE_WINDOW) * GATE_WINDOW);
}

function joined(windows: readonly Sound[]): Sound {
  const samples = new Float32Array(windows.length * GATE_WINDOW);
  for (const [at, window] of windows.entries()) samples.set(window, at * GATE_WINDOW);
  return samples;
}

function msOf(window: number): number {
  return Math.floor((window * GATE_WINDOW * 1000) / SPEECH_RATE);
}
