import type { Tensor } from '@huggingface/transformers';
import { describe, expect, it } from '@jest/globals';
import { tokenRecorder } from '../../src/transformers/token-recorder.js';

/** Logits whose probabilities are these. */
const logits = (...probabilities: readonly number[]): Tensor =>
  ({ data: Float32Array.from(probabilities, Math.log) }) as unknown as Tensor;
const ids = (...tokens: readonly number[]): readonly (readonly bigint[])[] => [tokens.map(BigInt)];

describe('tokenRecorder', () => {
  it('averages the log probabilities of the tokens that were chosen', () => {
    const recorder = tokenRecorder({ suppressed: [] });
    recorder.process(ids(9), logits(0.5, 0.25, 0.25));
    recorder.process(ids(9, 0), logits(0.1, 0.1, 0.8));
    recorder.process(ids(9, 0, 2), logits(1, 0, 0));
    expect(recorder.averageLogProbability()).toBeCloseTo((Math.log(0.5) + Math.log(0.8)) / 2, 5);
  });

  it('reads "no speech" before it is ruled out, and counts the rest without it', () => {
    const recorder = tokenRecorder({ suppressed: [2], noSpeechToken: 2 });
    const first = logits(0.1, 0.3, 0.6);
    recorder.process(ids(9), first);
    recorder.process(ids(9, 1), logits(1, 0, 0));
    expect(recorder.noSpeechProbability()).toBeCloseTo(0.6, 5);
    expect((first.data as Float32Array)[2]).toBe(-Infinity);
    expect(recorder.averageLogProbability()).toBeCloseTo(Math.log(0.75), 5);
  });

  it('does not know of "no speech" where the first step was another one', () => {
    const recorder = tokenRecorder({ suppressed: [], noSpeechToken: 0 });
    recorder.process(ids(9, 8, 7), logits(0.9, 0.1));
    expect(recorder.noSpeechProbability()).toBeUndefined();
  });

  it('counts a decoder that starts over as one answer', () => {
    const recorder = tokenRecorder({ suppressed: [] });
    recorder.process(ids(9), logits(0.5, 0.5));
    recorder.process(ids(9, 0), logits(0.5, 0.5));
    recorder.process(ids(9), logits(0.25, 0.75));
    recorder.process(ids(9, 1), logits(0.5, 0.5));
    expect(recorder.averageLogProbability()).toBeCloseTo((Math.log(0.5) + Math.log(0.75)) / 2, 5);
  });

  it('ends a decoder that does not end by itself', () => {
    const recorder = tokenRecorder({ suppressed: [] });
    const step = (): unknown => recorder.process(ids(9), logits(0.5, 0.5));
    expect(() => {
      for (let at = 0; at < 5_000; at++) step();
    }).toThrow('does not come to an end');
    expect(recorder.isEndless()).toBe(true);
  });
});
