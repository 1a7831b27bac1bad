import { describe, expect, it } from '@jest/globals';
import type { FilmSpec, ShotSpec } from '../../../src/testing/film/film-spec.js';
import { filmSound } from '../../../src/testing/film/sound.js';

const shot = (toneHz?: number): ShotSpec => ({
  frames: 25,
  backdrop: { kind: 'plain', colour: 'red' },
  ...(toneHz !== undefined && { toneHz }),
});

const film = (shots: readonly ShotSpec[]): FilmSpec => ({
  name: 'test',
  width: 64,
  height: 48,
  frameRate: { num: 25, den: 1 },
  shots,
});

/** Samples of one second of the sound, which is 16 kHz behind a header of 44 bytes. */
const second = (wav: Buffer, number: number): readonly number[] =>
  Array.from({ length: 16_000 }, (_, at) => wav.readInt16LE(44 + (number * 16_000 + at) * 2));

const risingCrossings = (samples: readonly number[]): number =>
  samples.filter((value, at) => value > 0 && (samples[at - 1] ?? 0) <= 0).length;

describe('filmSound', () => {
  it('sounds each shot at its own frequency and is silent where there is none', () => {
    const wav = filmSound(film([shot(440), shot(), shot(880)]))!;
    expect(wav).toHaveLength(44 + 3 * 16_000 * 2);
    expect([0, 1, 2].map((at) => risingCrossings(second(wav, at)))).toEqual([440, 0, 880]);
  });

  it('is absent when no shot has a tone', () => {
    expect(filmSound(film([shot(), shot()]))).toBeUndefined();
  });

  it('describes itself in the header as 16 kHz, one channel, 16 bits', () => {
    const wav = filmSound(film([shot(440)]))!;
    expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([wav.readUInt32LE(4), wav.readUInt32LE(40)]).toEqual([wav.length - 8, wav.length - 44]);
    expect([wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
      1, 16_000, 16,
    ]);
  });
});
