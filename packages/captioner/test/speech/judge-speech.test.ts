import { describe, expect, it } from '@jest/globals';
import { judgeSpeech, type HeardSpeech } from '../../src/speech/judge-speech.js';

const sure: Omit<HeardSpeech, 'text'> = {
  wordsS: [0.3, 0.2, 0.4, 0.3],
  speechMs: 4_000,
  averageLogProbability: -0.4,
  noSpeechProbability: 0.02,
};
const judged = (text: string, rest: Partial<HeardSpeech> = {}): string | undefined =>
  judgeSpeech({ ...sure, text, ...rest });

describe('judgeSpeech', () => {
  it('believes what is said plainly', () => {
    expect(judged('Three, two, one. Lift off.')).toBeUndefined();
    expect(judged('Thank you. Thank you. It was my trip.')).toBeUndefined();
  });

  it('does not believe a model that says nobody speaks and is not sure', () => {
    const silent = { noSpeechProbability: 0.79, averageLogProbability: -1.2 };
    expect(judged('you', silent)).toBe('no-speech');
    expect(judged('Quiet, but clear words.', { noSpeechProbability: 0.79 })).toBeUndefined();
  });

  it('does not believe a guess, also where the model does not say whether anybody speaks', () => {
    const guess = { averageLogProbability: -2.1, noSpeechProbability: undefined };
    expect(judged('I am going to take a look at the', guess)).toBe('uncertain');
  });

  it('does not believe words of which most take no time', () => {
    const wordsS = [3.7, 0, 0, 0, 0, 0.02, 0];
    expect(judged('I will see you in the next one', { wordsS })).toBe('unaligned');
  });

  it('does not believe loops, of words, of phrases or of what compresses like one', () => {
    expect(judged('no no no no no no no no no')).toBe('repetitive');
    expect(judged(`and ${'we are going to go '.repeat(4)}home`, { speechMs: 9_000 })).toBe(
      'repetitive',
    );
    expect(
      judged('Here we go, round and round the wheel we go. '.repeat(9), { speechMs: 60_000 }),
    ).toBe('repetitive');
    expect(judged('No, no, no. That is not what very, very old people do.')).toBeUndefined();
  });

  it('does not believe more words than a mouth can say', () => {
    const text = 'a different word each time so that nothing at all here is ever said twice over';
    expect(judged(text, { speechMs: 500 })).toBe('too-many-words');
  });

  it('does not believe a known invention over a moment of sound, and does over a sentence of it', () => {
    expect(judged('Thank you for watching!', { speechMs: 500 })).toBe('known-invention');
    expect(judged('Thank you for watching!', { speechMs: 1_800 })).toBeUndefined();
  });

  it('calls no words no speech', () => {
    expect(judged(' ... ')).toBe('no-speech');
  });
});
