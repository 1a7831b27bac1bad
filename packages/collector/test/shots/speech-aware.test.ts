import { describe, expect, it } from '@jest/globals';
import type { Span } from '@internvid/core';
import { cutOutsideSpeech } from '../../src/shots/speech-aware.js';
import { equalParts } from '../../src/split.js';
import { describeWithShared, readJson } from '../shared.js';

const span = (startMs: number, endMs: number): Span => ({ startMs, endMs });
const shot = span(0, 10_000);
const halves = [span(0, 5000), span(5000, 10_000)];

describe('cuts outside speech', () => {
  it('move to the nearest gap, clear of the words, for both clips that share them', () => {
    const speech = [span(3000, 4400), span(4700, 5100), span(5800, 9000)];
    expect(cutOutsideSpeech(halves, { shot, speech })).toEqual([span(0, 5200), span(5200, 10_000)]);
  });

  it('lie in the middle of a short gap, and between two words that touch', () => {
    const short = [span(4000, 5100), span(5220, 9000)];
    expect(cutOutsideSpeech(halves, { shot, speech: short })[0]).toEqual(span(0, 5160));
    const touching = [span(4000, 4900), span(4900, 9000)];
    expect(cutOutsideSpeech(halves, { shot, speech: touching })[0]).toEqual(span(0, 4900));
  });

  it('ask for a longer silence where that is wanted', () => {
    const speech = [span(4000, 4900), span(4950, 5300), span(5600, 9000)];
    const options = { shot, speech, minGapMs: 200 };
    expect(cutOutsideSpeech(halves, options)[0]).toEqual(span(0, 5400));
  });

  it('stay where nobody speaks', () => {
    const speech = [span(1000, 5000), span(5000, 7000)];
    expect(cutOutsideSpeech(halves, { shot, speech })).toEqual(halves);
    expect(cutOutsideSpeech(halves, { shot, speech: [] })).toEqual(halves);
  });

  it('stay where no gap is near, or none lies in the shot', () => {
    const talk = [span(3000, 8000)];
    expect(cutOutsideSpeech(halves, { shot, speech: talk })).toEqual(halves);
    expect(cutOutsideSpeech(halves, { shot, speech: talk, maxShiftMs: 2200 })[0]).toEqual(
      span(0, 2900),
    );
    const whole = [span(-500, 11_000)];
    expect(cutOutsideSpeech(halves, { shot, speech: whole, maxShiftMs: 9000 })).toEqual(halves);
  });

  it('never move the shot itself, nor past each other', () => {
    const speech = [span(-300, 400), span(2000, 6500), span(9700, 10_300)];
    const clips = [span(0, 3000), span(3000, 4000), span(4000, 10_000)];
    const options = { shot, speech, maxShiftMs: 5000 };
    expect(cutOutsideSpeech(clips, options)).toEqual([
      span(0, 1900),
      span(1900, 4000),
      span(4000, 10_000),
    ]);
  });

  it('take words that overlap and come in any order', () => {
    const speech = [span(4900, 5600), span(4000, 5000)];
    expect(cutOutsideSpeech(halves, { shot, speech })[0]).toEqual(span(0, 5700));
  });

  it('refuse clips outside the shot', () => {
    const speech = [span(0, 1)];
    expect(() => cutOutsideSpeech([span(0, 10_001)], { shot, speech })).toThrow('clips[0]');
    expect(() => cutOutsideSpeech(halves.toReversed(), { shot, speech })).toThrow('clips[1]');
  });
});

describeWithShared('cuts outside the speech of a read book', () => {
  it('fall into no word, wherever the windows were', () => {
    type Segment = { readonly words: readonly { readonly start: number; readonly end: number }[] };
    const speech = (readJson('media/truth/manifesto_words.json') as readonly Segment[])
      .flatMap(({ words }) => words)
      .map(({ start, end }) => span(Math.round(start * 1000), Math.round(end * 1000)));
    const book = span(0, 88_000);
    const wordsCut = (clips: readonly Span[]): number =>
      speech.filter((word) => clips.some(({ endMs }) => word.startMs < endMs && endMs < word.endMs))
        .length;
    const windows = [3000, 5000, 7000].map((length) => equalParts(book, length));
    expect(windows.reduce((sum, clips) => sum + wordsCut(clips), 0)).toBeGreaterThan(20);
    for (const clips of windows) {
      const moved = cutOutsideSpeech(clips, { shot: book, speech });
      expect(wordsCut(moved)).toBe(0);
      expect(moved.map(({ startMs }) => startMs).slice(1)).toEqual(
        moved.map(({ endMs }) => endMs).slice(0, -1),
      );
    }
  });
});
