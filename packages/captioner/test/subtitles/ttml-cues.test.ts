import { describe, expect, it } from '@jest/globals';
import { parseSubtitles } from '../../src/subtitles/parse-subtitles.js';
import { ttmlClock, ttmlTime } from '../../src/subtitles/ttml-times.js';

const read = (body: string, attributes = ''): ReturnType<typeof parseSubtitles> =>
  parseSubtitles(
    `<?xml version="1.0" encoding="UTF-8"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ${attributes}><head><metadata><title>Not said</title></metadata></head><body>${body}</body></tt>`,
    'drawn',
  );
const cuesOf = (body: string, attributes?: string): readonly (readonly unknown[])[] =>
  read(body, attributes).cues.map(({ startMs, endMs, text }) => [startMs, endMs, text]);

describe('ttmlCues', () => {
  it('reads paragraphs with spans, breaks and entities', () => {
    const body = `<div>
      <p begin="00:00:01.500" end="00:00:03.000">Hello <span style="s1">big</span><br/>world &amp;
        all of &#233;t&#xe9;</p>
      <p begin="3s" dur="1500ms"><![CDATA[a < b]]></p>
    </div>`;
    expect(read(body)).toMatchObject({ format: 'ttml', faults: 0 });
    expect(cuesOf(body)).toEqual([
      [1_500, 3_000, 'Hello big world & all of été'],
      [3_000, 4_500, 'a < b'],
    ]);
  });

  it('adds up the times of what is inside each other, and lets nothing outlast what it is in', () => {
    const body = `<div begin="10s" end="20s"><p begin="1s" end="2s">One</p><p begin="5s" end="99s">Two</p></div>`;
    expect(cuesOf(body)).toEqual([
      [11_000, 12_000, 'One'],
      [15_000, 20_000, 'Two'],
    ]);
  });

  it('counts sequences from the end of what came before', () => {
    const body = `<div timeContainer="seq" begin="1s"><p dur="2s">One<br/>more</p><p begin="1s" dur="1s">Two</p></div>`;
    expect(cuesOf(body)).toEqual([
      [1_000, 3_000, 'One more'],
      [4_000, 5_000, 'Two'],
    ]);
  });

  it('makes a cue of each span that has times of its own', () => {
    const body = `<p begin="1s" end="5s"><span begin="0s" end="1s">One</span> <span begin="1s" end="2s">two</span></p>`;
    expect(cuesOf(body)).toEqual([
      [1_000, 2_000, 'One'],
      [2_000, 3_000, 'two'],
    ]);
  });

  it('counts frames and ticks as the file says', () => {
    const frames = 'ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"';
    expect(cuesOf('<p begin="00:00:01:12" end="48f">Frames</p>', frames)).toEqual([
      [1_501, 2_002, 'Frames'],
    ]);
    const ticks = 'ttp:tickRate="10000000"';
    expect(cuesOf('<p begin="10000000t" end="25000000t">Ticks</p>', ticks)).toEqual([
      [1_000, 2_500, 'Ticks'],
    ]);
  });

  it('reads the text of a ruby and not its reading', () => {
    const body = `<p begin="0s" end="1s"><span tts:ruby="container"><span tts:ruby="base">漢字</span><span tts:ruby="text">かんじ</span></span></p>`;
    expect(cuesOf(body)).toEqual([[0, 1_000, '漢字']]);
  });

  it('counts paragraphs without an end as faults', () => {
    expect(
      read('<p begin="1s">Open</p><p begin="2s" end="1s">Back</p><p begin="1s" end="2s">Kept</p>'),
    ).toMatchObject({ faults: 2, cues: [{ text: 'Kept' }] });
  });

  it('forgives XML that is not well-formed', () => {
    expect(
      cuesOf('<p begin="1s" end="2s">Fish & chips <br>twice</p><p begin="2s" end="3s">cut'),
    ).toEqual([
      [1_000, 2_000, expect.stringMatching(/^Fish & chips twice/)],
      [2_000, 3_000, expect.stringMatching(/^cut/)],
    ]);
  });

  it('expands no entities of the file and opens no other file', () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE tt [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
      <tt><body><p begin="0s" end="1s">Said &b; &f;</p></body></tt>`;
    const [cue] = parseSubtitles(bomb, 'drawn').cues;
    expect(cue?.text).toContain('Said');
    expect(cue?.text).not.toMatch(/ha|root/);
  });

  it('takes deep and broken nesting', () => {
    const deep = `${'<div>'.repeat(20_000)}<p begin="1s" end="2s">Deep</p>`;
    expect(read(deep).cues).toMatchObject([{ text: 'Deep' }]);
  });

  it('is no list of subtitles without times', () => {
    expect(() => read('<p>Nothing</p>')).toThrow('nothing in it has two times');
    expect(() => parseSubtitles('<html><body>404</body></html>', 'drawn')).toThrow();
  });
});

describe('ttmlTime', () => {
  const clock = ttmlClock({ frameRate: '25', subFrameRate: '2' });
  it.each([
    ['01:00:00', 3_600_000],
    ['00:00:01:05.1', 1_220],
    ['0.5h', 1_800_000],
    ['1.5m', 90_000],
    ['250ms', 250],
    ['50f', 2_000],
    ['50t', 1_000],
    ['00:61:00', undefined],
    ['1', undefined],
    ['-1s', undefined],
    ['1e9s', undefined],
    ['', undefined],
  ])('reads %s', (text, ms) => {
    expect(ttmlTime(text, clock)).toBe(ms);
  });

  it('counts seconds as ticks where the file says nothing of either', () => {
    expect(ttmlTime('7t', ttmlClock({}))).toBe(7_000);
    expect(ttmlTime('15f', ttmlClock({ frameRate: 'fast' }))).toBe(500);
  });
});
