import { describe, expect, it } from '@jest/globals';
import { MAX_SUBTITLE_CHARACTERS, parseSubtitles } from '../../src/subtitles/parse-subtitles.js';

const texts = (text: string): readonly string[] =>
  parseSubtitles(text, 'drawn').cues.map((cue) => cue.text);
const times = (text: string): readonly (readonly number[])[] =>
  parseSubtitles(text, 'drawn').cues.map(({ startMs, endMs }) => [startMs, endMs]);

describe('parseSubtitles', () => {
  it('reads SubRip, with line ends of all systems and a byte order mark', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = [
        '\uFEFF1',
        '00:00:01,500 --> 00:00:03,000',
        'Hello',
        'there.',
        '',
        '2',
        '00:00:03,000 --> 00:00:04,000',
        'Again.',
      ].join(end);
      expect(parseSubtitles(text, 'drawn')).toMatchObject({
        format: 'srt',
        faults: 0,
        cues: [
          { startMs: 1_500, endMs: 3_000, text: 'Hello there.' },
          { startMs: 3_000, endMs: 4_000, text: 'Again.' },
        ],
      });
    }
  });

  it('reads WebVTT with settings, names of cues and blocks that are none', () => {
    const text = [
      'WEBVTT - a title',
      'Kind: captions',
      '',
      'STYLE',
      '::cue { color: red }',
      '',
      'NOTE a remark',
      'over two lines',
      '',
      'intro',
      '00:01.000 --> 00:02.000 align:start position:0%',
      '<v Ann>Good <i>morning</i>.</v>',
      '',
      'REGION',
      'id:x',
      '',
      '01:00:00.000-->01:00:01.000',
      'An hour later',
    ].join('\n');
    const { format, cues } = parseSubtitles(text, 'drawn');
    expect(format).toBe('webvtt');
    expect(cues).toEqual([
      { startMs: 1_000, endMs: 2_000, text: 'Good morning.' },
      { startMs: 3_600_000, endMs: 3_601_000, text: 'An hour later' },
    ]);
  });

  it('forgives missing numbers, missing blank lines, dots for commas and short fractions', () => {
    const text =
      '00:00:01.5 --> 00:00:02\nOne\n2\n0:00:02,25 --> 0:00:03,000\nTwo\n00:00:03,000 --> 00:00:04,000\nThree';
    expect(texts(text)).toEqual(['One', 'Two', 'Three']);
    expect(times(text)).toEqual([
      [1_500, 2_000],
      [2_250, 3_000],
      [3_000, 4_000],
    ]);
  });

  it('keeps a line that is a number where it is what is said', () => {
    expect(
      texts('1\n00:00:01,000 --> 00:00:02,000\n1984\n\n2\n00:00:02,000 --> 00:00:03,000\nA book'),
    ).toEqual(['1984', 'A book']);
  });

  it('puts cues in order, keeps those that overlap and writes one that comes twice once', () => {
    const cue = (start: string, end: string, text: string): string =>
      `00:00:0${start},000 --> 00:00:0${end},000\n${text}\n\n`;
    expect(texts(cue('5', '7', 'b') + cue('1', '6', 'a') + cue('5', '7', 'b'))).toEqual(['a', 'b']);
  });

  it('counts cues whose times are wrong and leaves them out', () => {
    const text =
      '1\n00:00:05,000 --> 00:00:01,000\nbackwards\n\n2\n00:99:00,000 --> 01:00:00,000\nno such minute\n\n3\n-1 --> x\nno times\n\n4\n00:00:06,000 --> 00:00:07,000\nright';
    expect(parseSubtitles(text, 'drawn')).toMatchObject({ faults: 3, cues: [{ text: 'right' }] });
  });

  it('takes out mark-up, entities and what is no speech', () => {
    const said = (line: string): string => texts(`00:01.000 --> 00:02.000\n${line}`)[0] ?? '';
    expect(said('<b>bold</b> {\\an8}<font color="#fff">white</font>')).toBe('bold white');
    expect(said('Tom &amp; Jerry &lt;3 &#39;x&#x27;&nbsp;&unknown;')).toBe(
      "Tom & Jerry <3 'x' &unknown;",
    );
    expect(said('if a < b and c > d')).toBe('if a < b and c > d');
    expect(said('[door slams] Who is there?')).toBe('Who is there?');
    expect(said('♪ la la ♪')).toBe('la la');
    expect(said('- Yes.')).toBe('Yes.');
    expect(said('>> Go on.')).toBe('Go on.');
    expect(said('NARRATOR 2: Once upon a time')).toBe('Once upon a time');
    expect(said('Note: this stays')).toBe('Note: this stays');
    expect(said('[Music]')).toBe('');
  });

  it('writes the scrolling lines of automatic captions once, with the times of their words', () => {
    const text = [
      'WEBVTT',
      '',
      '00:00:00.000 --> 00:00:02.000 align:start',
      ' ',
      'hello<00:00:00.500><c> dear</c><00:00:01.000><c> friends</c>',
      '',
      '00:00:02.000 --> 00:00:02.010',
      'hello dear friends',
      ' ',
      '',
      '00:00:02.010 --> 00:00:04.000',
      'hello dear friends',
      'how<00:00:02.500><c> are</c><00:00:03.000><c> you</c>',
      '',
      '00:00:04.000 --> 00:00:04.010',
      'how are you',
      ' ',
      '',
      '00:00:04.010 --> 00:00:05.000',
      'how are you',
      'today',
    ].join('\n');
    const { isRolling, cues } = parseSubtitles(text, 'drawn');
    expect(isRolling).toBe(true);
    expect(cues.map((cue) => cue.text)).toEqual(['hello dear friends', 'how are you', 'today']);
    expect(cues.slice(0, 2).flatMap(({ words = [] }) => words)).toEqual([
      { text: 'hello', startMs: 0, endMs: 500 },
      { text: 'dear', startMs: 500, endMs: 1_000 },
      { text: 'friends', startMs: 1_000, endMs: 2_000 },
      { text: 'how', startMs: 2_010, endMs: 2_500 },
      { text: 'are', startMs: 2_500, endMs: 3_000 },
      { text: 'you', startMs: 3_000, endMs: 4_000 },
    ]);
  });

  it('leaves a refrain of written subtitles as it is', () => {
    const lines = [
      'Row, row',
      'your boat',
      'your boat',
      'down the stream',
      'merrily',
      'life is',
      'but a dream',
    ];
    const text = lines
      .map((line, at) => `00:00:0${at},000 --> 00:00:0${at + 1},000\n${line}\n`)
      .join('\n');
    expect(texts(text)).toEqual(lines);
  });

  it('takes an empty file for a video without words, and refuses what is none', () => {
    expect(parseSubtitles('', 'empty').cues).toEqual([]);
    expect(parseSubtitles('WEBVTT\n\n', 'empty').cues).toEqual([]);
    for (const text of ['<!doctype html><p>403 Forbidden', 'PK\u0003\u0004', 'just words'])
      expect(() => parseSubtitles(text, 'wrong.srt')).toThrow(/^wrong\.srt holds no subtitles/);
  });

  it('refuses a text that is longer than subtitles ever are', () => {
    expect(() => parseSubtitles(' '.repeat(MAX_SUBTITLE_CHARACTERS + 1), 'long')).toThrow(
      /more than subtitles/,
    );
  });

  it.each([
    ['a million lines', `00:01.000 --> 00:02.000\n${'<a&amp;[\n'.repeat(1_000_000)}`],
    ['a line of opening brackets', `00:01.000 --> 00:02.000\n${'<['.repeat(4_000_000)}`],
    [
      'lines of spaces and capitals',
      `00:01.000 --> 00:02.000\n${`${'A '.repeat(990)}\n`.repeat(2_000)}`,
    ],
    ['arrows without end', '-->'.repeat(4_000_000)],
    ['a hundred thousand cues', '00:01.000 --> 00:02.000\nx\n\n'.repeat(100_000)],
  ])('is done with %s in seconds', (_, text) => {
    const startedAt = performance.now();
    try {
      parseSubtitles(text, 'hostile');
    } catch (error) {
      expect(error).toMatchObject({ code: 'unreadable' });
    }
    // A pattern that backtracks would take minutes to years; this takes 0.1 to 2 seconds on a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});
