import { describe, expect, it } from '@jest/globals';
import { COMPARED_RATE, soundOffset } from '../../src/cut/sound-offset.js';

/** Noise that is nowhere like itself. */
function noise(samples: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0;
    return (state >> 16) / 40_000;
  });
}

describe('the offset between two recordings', () => {
  const sound = noise(6 * COMPARED_RATE);

  it('is zero for the same recording', () => {
    expect(soundOffset(sound, sound)).toMatchObject({ offsetMs: 0 });
  });

  it('is positive where the second is late, negative where it is early', () => {
    const late = new Float32Array(sound.length);
    late.set(sound.subarray(0, -240), 240);
    expect(soundOffset(sound, late)).toMatchObject({ offsetMs: 30 });
    expect(soundOffset(late, sound)).toMatchObject({ offsetMs: -30 });
  });

  it('is found where the sound drifts away only in the end', () => {
    const drifted = sound.slice();
    drifted.set(sound.subarray(3 * COMPARED_RATE, -80), 3 * COMPARED_RATE + 80);
    expect(soundOffset(sound, drifted)).toMatchObject({ offsetMs: 10 });
  });

  it('takes the nearest of the offsets at which a tone matches itself', () => {
    const tone = sound.map((_, index) => Math.sin((index * 2 * Math.PI * 200) / COMPARED_RATE));
    expect(soundOffset(tone, tone)?.offsetMs).toBe(0);
  });

  it('cannot be told of silence, and correlates badly for other sounds', () => {
    expect(soundOffset(new Float32Array(9000), sound)).toBeUndefined();
    const other = noise(7 * COMPARED_RATE).subarray(COMPARED_RATE);
    expect(soundOffset(sound, other)?.correlation).toBeLessThan(0.3);
  });
});
