import { planFilm } from './film-plan.js';
import type { FilmSpec } from './film-spec.js';

const SAMPLE_RATE = 16_000;
/** A third of full scale: audible, far from clipping. */
const PEAK = 0x7fff / 3;
/** A tone that starts or ends at full strength clicks. */
const RAMP_SAMPLES = SAMPLE_RATE / 100;
const HEADER_BYTES = 44;

/** The sound of a film as a WAV file, 16 kHz, one channel, 16 bits; `undefined` when no shot has a tone. */
export function filmSound(film: FilmSpec): Buffer | undefined {
  if (film.shots.every(({ toneHz }) => toneHz === undefined)) return undefined;
  const plan = planFilm(film);
  const sampleAt = (frame: number): number =>
    Math.round((frame * SAMPLE_RATE * film.frameRate.den) / film.frameRate.num);
  const samples = sampleAt(plan.frames);
  const wav = Buffer.alloc(HEADER_BYTES + samples * 2);
  writeHeader(wav, samples * 2);
  for (const { spec, startFrame, endFrame } of plan.shots) {
    if (spec.toneHz !== undefined) {
      writeTone(wav, sampleAt(startFrame), sampleAt(endFrame), spec.toneHz);
    }
  }
  return wav;
}

function writeTone(wav: Buffer, start: number, end: number, toneHz: number): void {
  for (let sample = start; sample < end; sample++) {
    const ramp = Math.min(1, (sample - start) / RAMP_SAMPLES, (end - 1 - sample) / RAMP_SAMPLES);
    const value = Math.sin((2 * Math.PI * toneHz * (sample - start)) / SAMPLE_RATE) * PEAK * ramp;
    wav.writeInt16LE(Math.round(value), HEADER_BYTES + sample * 2);
  }
}

function writeHeader(wav: Buffer, dataBytes: number): void {
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20); // PCM
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLE_RATE, 24);
  wav.writeUInt32LE(SAMPLE_RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(dataBytes, 40);
}
