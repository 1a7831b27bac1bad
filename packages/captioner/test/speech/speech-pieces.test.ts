import { describe, expect, it } from '@jest/globals';
import { speechPieces, type SpeechPiece } from '../../src/speech/speech-pieces.js';
import type { VoiceStream } from '../../src/speech/voice-stream.js';

const RATE = 16_000;
const signal = new AbortController().signal;

/** A gate that hears speech where samples are positive, and half-heartedly where they are small. */
const positive: VoiceStream = {
  probabilities: (samples) =>
    Promise.resolve(
      Float32Array.from({ length: samples.length / 512 }, (_, at) => samples[at * 512 + 256]!),
    ),
};

type Stretch = readonly [level: number, seconds: number];

/** A sound of stretches, each a level and a length in seconds, in chunks of an odd length. */
async function* drawn(...stretches: readonly Stretch[]): AsyncGenerator<Float32Array> {
  for (const [level, seconds] of stretches) {
    let left = Math.round(seconds * RATE);
    while (left > 0) {
      const length = Math.min(left, 4_321);
      yield new Float32Array(length).fill(level);
      left -= length;
    }
  }
}

async function piecesOf(...stretches: readonly Stretch[]): Promise<readonly SpeechPiece[]> {
  const pieces: SpeechPiece[] = [];
  for await (const piece of speechPieces(drawn(...stretches), positive, signal)) pieces.push(piece);
  return pieces;
}

const seconds = ({ firstSample, samples }: SpeechPiece): readonly number[] =>
  [firstSample / RATE, (firstSample + samples.length) / RATE].map(
    (time) => Math.round(time * 10) / 10,
  );

describe('speechPieces', () => {
  it('gives nothing where nobody speaks, however long', async () => {
    expect(await piecesOf([0, 300])).toEqual([]);
    expect(await piecesOf()).toEqual([]);
  });

  it('passes over a sound that is too short for a word', async () => {
    expect(await piecesOf([0, 5], [1, 0.15], [0, 5])).toEqual([]);
  });

  it('keeps a margin around speech, and no more', async () => {
    const pieces = await piecesOf([0, 10], [1, 2], [0, 10]);
    expect(pieces.map(seconds)).toEqual([[9.6, 12.4]]);
    const [stretch] = pieces[0]!.speech;
    expect(Math.abs(stretch!.startMs - 10_000)).toBeLessThan(40);
    expect(Math.abs(stretch!.endMs - 12_000)).toBeLessThan(40);
  });

  it('hears speech that begins with the sound or ends with it', async () => {
    expect((await piecesOf([1, 1], [0, 9], [1, 1])).map(seconds)).toEqual([
      [0, 1.4],
      [9.6, 11],
    ]);
  });

  it('keeps what short pauses part together, and parts at long ones', async () => {
    const pieces = await piecesOf([1, 2], [0, 1], [1, 2], [0, 4], [1, 2], [0, 1]);
    expect(pieces.map(({ speech }) => speech.length)).toEqual([2, 1]);
  });

  it('cuts long speech at its longest late pause', async () => {
    const pieces = await piecesOf([1, 15], [0, 0.3], [1, 6], [0, 0.9], [1, 15], [0, 4]);
    expect(pieces.map(seconds)).toEqual([
      [0, 21.8],
      [21.8, 37.6],
    ]);
  });

  it('cuts where speech is least likely when nobody pauses', async () => {
    const pieces = await piecesOf([1, 22], [0.6, 0.1], [1, 20], [0, 4]);
    expect(pieces.map(seconds)).toEqual([
      [0, 22],
      [22, 42.5],
    ]);
  });

  it('has every spoken window in exactly one piece of at most 30 s, whatever the rhythm', async () => {
    const rhythm = Array.from({ length: 160 }, (_, at): Stretch => [
      at % 2 === 0 ? 1 : 0,
      at % 2 === 0 ? 0.4 + ((at * 7) % 23) / 3 : 0.1 + ((at * 11) % 17) / 4,
    ]);
    const pieces = await piecesOf(...rhythm);
    let spoken = 0;
    let before = 0;
    for (const { firstSample, samples } of pieces) {
      expect(firstSample).toBeGreaterThanOrEqual(before);
      expect(samples.length).toBeLessThanOrEqual(30 * RATE);
      before = firstSample + samples.length;
      spoken += samples.filter((sample) => sample > 0).length;
    }
    const drawnSpeech = rhythm.reduce((sum, [level, length]) => sum + level * length, 0) * RATE;
    expect(Math.abs(spoken - drawnSpeech)).toBeLessThan(160);
  });
});
