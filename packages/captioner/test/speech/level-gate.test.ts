import { describe, expect, it } from '@jest/globals';
import { levelStream } from '../../src/speech/level-gate.js';

const signal = new AbortController().signal;
const tone = (amplitude: number, windows: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: windows * 512 }, (_, at) => amplitude * Math.sin(at / 5));

describe('levelStream', () => {
  it('hears what is louder than the seconds before it', async () => {
    const stream = levelStream();
    expect([...(await stream.probabilities(tone(0.01, 30), signal))].some(Boolean)).toBe(false);
    expect([...(await stream.probabilities(tone(0.1, 30), signal))].every(Boolean)).toBe(true);
    expect([...(await stream.probabilities(tone(0.01, 30), signal))].some(Boolean)).toBe(false);
  });

  it('hears no engine that runs on and on, and nothing in a quiet room', async () => {
    const engine = await levelStream().probabilities(tone(0.3, 500), signal);
    expect([...engine].some(Boolean)).toBe(false);
    const stream = levelStream();
    await stream.probabilities(tone(0, 10), signal);
    expect([...(await stream.probabilities(tone(0.003, 30), signal))].some(Boolean)).toBe(false);
  });
});
