import { describe, expect, it } from '@jest/globals';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';

const HEAD = [
  '[Script Info]',
  '; a remark',
  'ScriptType: v4.00+',
  '',
  '[V4+ Styles]',
  'Format: Name, Fontname, Fontsize',
  'Style: Default,Arial,20',
  '',
  '[Events]',
  'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
];
const event = (text: string, times = '0:00:01.00,0:00:02.50', kind = 'Dialogue'): string =>
  `${kind}: 0,${times},Default,Ann,0,0,0,,${text}`;
const read = (...lines: readonly string[]): ReturnType<typeof parseSubtitles> =>
  parseSubtitles([...HEAD, ...lines].join('\r\n'), 'drawn');
const textOf = (text: string): string | undefined => read(event(text)).cues[0]?.text;

describe('assCues', () => {
  it('reads dialogue with its times in hundredths, in order, and no comments', () => {
    expect(
      read(
        event('Second', '1:00:00.05,1:00:01.00'),
        event('First, with commas, and more'),
        event('Nobody says this', '0:00:01.00,0:00:02.00', 'Comment'),
      ),
    ).toEqual({
      format: 'ass',
      isRolling: false,
      faults: 0,
      cues: [
        { startMs: 1_000, endMs: 2_500, text: 'First, with commas, and more' },
        { startMs: 3_600_050, endMs: 3_601_000, text: 'Second' },
      ],
    });
  });

  it.each([
    ['{\\an8\\fad(200,200)}Hello{\\b1} there{\\b0}', 'Hello there'],
    ['One\\Ntwo\\nthree\\hfour', 'One two three four'],
    ['{\\k20}Hel{\\k30}lo', 'Hello'],
    ['{a note of the typesetter}Seen', 'Seen'],
    ['{\\p1}m 0 0 l 100 0 100 100{\\p0}After', 'After'],
    ['A { that is not closed', 'A { that is not closed'],
    ['Closed } before it opens', 'Closed } before it opens'],
  ])('takes out of %s what is not read', (text, plain) => {
    expect(textOf(text)).toBe(plain);
  });

  it('leaves out drawings, and counts events without times as faults', () => {
    const { cues, faults } = read(
      event('{\\p2}m 0 0 l 9 9'),
      event('Backwards', '0:00:03.00,0:00:02.00'),
      event('No time', 'now,then'),
      event('Kept'),
    );
    expect(cues.map(({ text }) => text)).toEqual(['Kept']);
    expect(faults).toBe(2);
  });

  it('goes by the order that the file gives its fields, and by that of SSA and ASS where it gives none', () => {
    const own = [
      '[Script Info]',
      '[Events]',
      'Format: Start, End, Text',
      'Dialogue: 0:00:05.00,0:00:06.00,Own, order',
    ];
    expect(parseSubtitles(own.join('\n'), 'drawn').cues).toEqual([
      { startMs: 5_000, endMs: 6_000, text: 'Own, order' },
    ]);
    const ssa = 'Dialogue: Marked=0,0:00:05.00,0:00:06.00,Default,,0000,0000,0000,,Old';
    expect(parseSubtitles(`[Events]\n${ssa}`, 'drawn').cues[0]?.text).toBe('Old');
  });

  it('reads nothing in encoded fonts and pictures', () => {
    expect(
      read(event('Said'), '[Fonts]', event('M.+!!'), '[Events]', event('Said too')).cues,
    ).toMatchObject([{ text: 'Said' }, { text: 'Said too' }]);
  });

  it('takes time that grows with the text and no faster', () => {
    const hostile = read(event('{'.repeat(200_000)), event('{\\p1'.repeat(100_000)), event('Kept'));
    expect(hostile.cues.at(-1)?.text).toBeDefined();
  });
});
