import { contains, type Span } from '@internvid/core';
import type { SpokenWord } from './transcriber.js';
import type { TranscriptLine } from './transcript-lines.js';

/** Scripts that are written without spaces between words. */
const UNSPACED =
  '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}]';
const ENDS_UNSPACED = new RegExp(`${UNSPACED}\\p{P}?$`, 'u');
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED}`, 'u');

/** What is said in a clip, `''` for nothing. A word belongs to the clip that holds its middle, so that no word is cut and none comes twice. */
export function saidInSpan(lines: readonly TranscriptLine[], span: Span): string {
  return joinSpoken(
    wordsOfLines(lines.filter((line) => line.startMs < span.endMs && line.endMs > span.startMs))
      .filter(({ startMs, endMs }) => contains(span, Math.floor((startMs + endMs) / 2)))
      .map(({ text }) => text),
  );
}

/**
 * The words of a transcript with their times. Words of a cue share its time by their lengths: an estimate that is right on which side of a
 * cut most words lie, and no more.
 */
export function wordsOfLines(lines: readonly TranscriptLine[]): readonly SpokenWord[] {
  return lines.flatMap((line) =>
    line.unit === 'word'
      ? [{ text: line.text, startMs: line.startMs, endMs: line.endMs }]
      : shared(line),
  );
}

function shared({ text, startMs, endMs }: TranscriptLine): readonly SpokenWord[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const characters = words.reduce((sum, word) => sum + word.length, 0);
  let before = 0;
  return words.map((word) => {
    const from = startMs + Math.round(((endMs - startMs) * before) / characters);
    before += word.length;
    const until = startMs + Math.round(((endMs - startMs) * before) / characters);
    return { text: word, startMs: from, endMs: until };
  });
}

/** Words in a row as they are written: with spaces between, but in scripts that have none. */
export function joinSpoken(words: readonly string[]): string {
  let text = '';
  for (const word of words) {
    const isJoined = text === '' || (ENDS_UNSPACED.test(text) && BEGINS_UNSPACED.test(word));
    text += isJoined ? word : ` ${word}`;
  }
  return text;
}
