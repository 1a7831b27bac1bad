import { describe, expect, it } from '@jest/globals';
import { joinSpoken, saidInSpan, wordsOfLines } from '../../src/speech/said-in-span.js';
import type { TranscriptLine } from '../../src/speech/transcript-lines.js';

const line = (
  text: string,
  startMs: number,
  endMs: number,
  unit: 'word' | 'cue',
): TranscriptLine => ({
  video: 'v',
  text,
  startMs,
  endMs,
  unit,
  language: 'en',
  source: 'whisper',
  by: { name: 'whisper', version: '1', config: {} },
});

describe('saidInSpan', () => {
  const words = [
    line('one', 0, 900, 'word'),
    line('two', 900, 1_200, 'word'),
    line('three', 1_200, 2_000, 'word'),
  ];

  it('gives a word that a cut goes through to the clip that holds its middle', () => {
    expect(saidInSpan(words, { startMs: 0, endMs: 1_100 })).toBe('one two');
    expect(saidInSpan(words, { startMs: 1_100, endMs: 3_000 })).toBe('three');
  });

  it('loses and repeats no word, wherever a video is cut', () => {
    for (let cutMs = 1; cutMs < 2_000; cutMs += 7) {
      const before = saidInSpan(words, { startMs: 0, endMs: cutMs });
      const after = saidInSpan(words, { startMs: cutMs, endMs: 2_500 });
      expect(`${before} ${after}`.trim()).toBe('one two three');
    }
  });

  it('shares the time of a cue among its words by their length', () => {
    const cues = [line('a cue of five words', 0, 1_500, 'cue')];
    expect(wordsOfLines(cues).map(({ startMs }) => startMs)).toEqual([0, 100, 400, 600, 1_000]);
    expect(saidInSpan(cues, { startMs: 0, endMs: 600 })).toBe('a cue of');
    expect(saidInSpan(cues, { startMs: 600, endMs: 2_000 })).toBe('five words');
  });

  it('says nothing where nothing is said', () => {
    expect(saidInSpan(words, { startMs: 5_000, endMs: 6_000 })).toBe('');
    expect(saidInSpan([], { startMs: 0, endMs: 1 })).toBe('');
  });
});

describe('joinSpoken', () => {
  it('puts spaces between words, but not in scripts that have none', () => {
    expect(joinSpoken(['Hello,', 'world.'])).toBe('Hello, world.');
    expect(joinSpoken(['こん', 'にちは、', '世界'])).toBe('こんにちは、世界');
    expect(joinSpoken(['我', '用', 'Linux', '系统'])).toBe('我用 Linux 系统');
    expect(joinSpoken(['안녕', '세상'])).toBe('안녕 세상');
  });
});
