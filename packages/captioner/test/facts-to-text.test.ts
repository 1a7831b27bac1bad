import { describe, expect, it } from '@jest/globals';
import { coloursOf, type Colours } from '../src/colours.js';
import { factsToText, type SeenFrame } from '../src/facts-to-text.js';
import type { FoundObject } from '../src/objects.js';
import type { TextLine } from '../src/on-screen-text.js';
import type { Box } from '../src/pictures.js';

const BLUE: Colours = { shares: { blue: 0.7, grey: 0.3 }, lightness: 50, chroma: 40 };
const object = (
  label: string,
  confidence: number,
  box: Box = [0.1, 0.1, 0.2, 0.3],
): FoundObject => ({ label, confidence, box });
const line = (text: string, top: number, confidence = 0.98): TextLine => ({
  text,
  confidence,
  box: [0.1, top, 0.5, 0.05],
});
const frame = (
  timeMs: number,
  objects: FoundObject[],
  text: TextLine[] = [],
  colours = BLUE,
): SeenFrame => ({
  timeMs,
  evidence: { objects, faces: [], text, colours, upper: colours, lower: colours },
});
const say = (...frames: SeenFrame[]): string => factsToText({ seed: 'clip', frames });

describe('factsToText', () => {
  it('says where a single small object is', () => {
    expect(say(frame(0, [object('dog', 0.6, [0.05, 0.75, 0.2, 0.2])]))).toMatch(
      /a dog (?:is |can be seen )?in the lower left|in the lower left .*is a dog/i,
    );
  });

  it('states a weak class only when two frames agree', () => {
    expect(say(frame(0, [object('cat', 0.47)]))).not.toMatch(/cat/);
    expect(say(frame(0, [object('cat', 0.47)]), frame(1000, [object('cat', 0.42)]))).toMatch(
      /a cat/i,
    );
  });

  it('counts people only as far as two frames agree', () => {
    const [one, two] = [object('person', 0.6), object('person', 0.5, [0.6, 0.1, 0.2, 0.5])];
    expect(say(frame(0, [one, two]), frame(1000, [one]))).toMatch(/a person/i);
    expect(say(frame(0, [one, two]), frame(1000, [one, two]))).toMatch(/two people/i);
  });

  it('never counts beyond three', () => {
    const crowd = Array.from({ length: 5 }, (_, at) =>
      object('person', 0.6, [at / 5, 0.1, 0.1, 0.5]),
    );
    expect(say(frame(0, crowd))).toMatch(/several people/i);
  });

  it('quotes lines of one paragraph together and leaves out the unsure', () => {
    const text = [line('THE PEACH', 0.1), line('PRESENTS', 0.16), line('GLYPHS', 0.8, 0.7)];
    const said = say(frame(0, [], text));
    expect(said).toMatch(/"THE PEACH PRESENTS"/);
    expect(said).not.toMatch(/GLYPHS/);
  });

  it('quotes a title once though it was read in part before', () => {
    expect(
      say(frame(0, [], [line('THE PEA', 0.1)]), frame(1000, [], [line('THE PEACH', 0.1)])),
    ).toMatch(/"THE PEACH"/);
    expect(
      say(frame(0, [], [line('THE PEA', 0.1)]), frame(1000, [], [line('THE PEACH', 0.1)])),
    ).not.toMatch(/"THE PEA"/);
  });

  it('says that something moves across the picture', () => {
    const at = (x: number): FoundObject => object('car', 0.6, [x, 0.4, 0.2, 0.2]);
    expect(
      say(
        frame(0, [at(0.0)]),
        frame(1000, [at(0.2)]),
        frame(2000, [at(0.45)]),
        frame(3000, [at(0.7)]),
      ),
    ).toMatch(/(?:the|a) car moves right across the picture/i);
  });

  it('does not take a lost object for one that left', () => {
    const inside = object('person', 0.7, [0.4, 0.3, 0.2, 0.4]);
    const frames = [0, 1, 2].map((second) => frame(second * 1000, [inside]));
    expect(say(...frames, frame(3000, []), frame(4000, []))).not.toMatch(/out of view/);
    const atEdge = object('person', 0.7, [0.8, 0.3, 0.2, 0.4]);
    expect(
      say(
        frame(0, [inside]),
        frame(1000, [object('person', 0.7, [0.6, 0.3, 0.2, 0.4])]),
        frame(2000, [atEdge]),
        frame(3000, []),
        frame(4000, []),
      ),
    ).toMatch(/goes out of view/);
  });

  it('speaks of the camera only where it was measured', () => {
    expect(say(frame(0, []))).not.toMatch(/camera/);
    expect(
      factsToText({ seed: 'clip', frames: [frame(0, [])], facts: { camera: 'pan-left' } }),
    ).toMatch(/the camera pans (?:to the )?left/i);
    expect(
      factsToText({ seed: 'clip', frames: [frame(0, [])], facts: { camera: 'unclear' } }),
    ).not.toMatch(/camera/);
  });

  it('has something true to say of a picture without objects or text', () => {
    expect(say(frame(0, [], [], { shares: { black: 1 }, lightness: 8, chroma: 0 }))).toMatch(
      /dark, mostly black\b/i,
    );
    expect(
      say(
        frame(0, [], [], {
          shares: { red: 0.2, blue: 0.2, green: 0.2, grey: 0.2, white: 0.2 },
          lightness: 50,
          chroma: 40,
        }),
      ),
    ).toMatch(/no single/i);
  });

  it('states a person of whom only the face was found, and says when it is seen close', () => {
    const seen = (confidence: number, height: number): string => {
      const bare = frame(0, []);
      const face = { confidence, box: [0.4, 0.1, 0.2, height] } as const;
      return say({ ...bare, evidence: { ...bare.evidence, faces: [face] } });
    };
    expect(seen(0.9, 0.1)).toMatch(/a person/i);
    expect(seen(0.9, 0.1)).not.toMatch(/close/i);
    expect(seen(0.9, 0.5)).toMatch(/close-up of a person|a person is seen close up/i);
    expect(seen(0.7, 0.5)).not.toMatch(/person/i);
  });

  it('counts a person once whose face was found too', () => {
    const person = frame(0, [object('person', 0.8, [0.3, 0, 0.4, 1])]);
    const face = { confidence: 0.95, box: [0.45, 0.1, 0.1, 0.2] } as const;
    const said = say({ ...person, evidence: { ...person.evidence, faces: [face] } });
    expect(said).toMatch(/a person/i);
    expect(said).not.toMatch(/two people/i);
  });

  it('says that a picture turns black', () => {
    const black: Colours = { shares: { black: 1 }, lightness: 1, chroma: 0 };
    expect(say(frame(0, []), frame(1000, []), frame(2000, []), frame(3000, [], [], black))).toMatch(
      /the picture goes black at the end/i,
    );
  });

  it('tells the colour above from the colour below', () => {
    const [sky, lawn]: Colours[] = [
      { shares: { blue: 0.9 }, lightness: 60, chroma: 40 },
      { shares: { green: 0.9 }, lightness: 50, chroma: 40 },
    ];
    const evidence = {
      objects: [],
      faces: [],
      text: [],
      colours: { shares: { blue: 0.45, green: 0.45 }, lightness: 55, chroma: 40 },
      upper: sky!,
      lower: lawn!,
    };
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'].map((seed) =>
      factsToText({ seed, frames: [{ timeMs: 0, evidence }] }),
    );
    expect(texts.some((text) => /blue.*(?:upper|above)|(?:upper|above).*blue/i.test(text))).toBe(
      true,
    );
    expect(texts.join()).not.toMatch(
      /green above|green fills the upper|upper half is mostly green/,
    );
  });

  it('says which text comes later', () => {
    const [title, then] = [line('FIRST TITLE', 0.1), line('SECOND TITLE', 0.8)];
    const said = say(
      frame(0, [], [title]),
      frame(1000, [], [title]),
      frame(2000, [], [title, then]),
    );
    expect(said).toMatch(/"FIRST TITLE".*; then "SECOND TITLE" follows/);
  });

  it('takes a misread line for the line that more frames give', () => {
    const at = (text: string): SeenFrame => frame(0, [], [line(text, 0.1)]);
    const said = say(at('Kruger Sightings'), at('Kruger Sightings'), at('Kruiger Sightlngs'));
    expect(said).toContain('"Kruger Sightings"');
    expect(said).not.toContain('Kruiger');
  });

  it('takes two boxes of one dog in two of nine frames for one dog', () => {
    const dog = object('dog', 0.7);
    const part = object('dog', 0.6, [0.6, 0.4, 0.2, 0.2]);
    const frames = Array.from({ length: 9 }, (_, at) =>
      frame(at * 1000, at % 4 === 1 ? [dog, part] : [dog]),
    );
    expect(say(...frames)).toMatch(/a dog/i);
    expect(say(...frames)).not.toMatch(/two dogs/i);
  });

  it.each(['frame', 'fine'])('writes whole English sentences of any evidence (%s)', (scale) => {
    const things = [[], [object('person', 0.9)], [object('person', 0.9), object('car', 0.8)]];
    const texts = [[], [line('OPEN', 0.1)], [line('OPEN NOW', 0.1), line('24 hours', 0.8)]];
    const cameras = ['static', 'pan-left', 'zoom-in', 'shake', 'moving', 'unclear'];
    for (const objects of things)
      for (const text of texts)
        for (const camera of cameras)
          for (const seed of ['a', 'b', 'c', 'd']) {
            const frames = [frame(0, objects, text), frame(1000, objects, text)];
            const said = factsToText(
              scale === 'fine'
                ? { seed, frames, facts: { camera } }
                : { seed, frames: frames.slice(0, 1) },
            );
            expect(said).toMatch(/^[\p{Lu}"][^]*[.!?]"?$/u);
            expect(said).not.toMatch(/undefined| {2}|,,|\.\.(?!\.)| [.,;]|\ba [aeiou]/);
            expect(said.match(/\bcamera\b|\bshot\b/g)?.length ?? 0).toBeLessThanOrEqual(1);
          }
  });

  it('varies its wording with the clip, not with the call', () => {
    const frames = [frame(0, [object('dog', 0.6)])];
    const texts = Array.from({ length: 20 }, (_, at) =>
      factsToText({ seed: `clip ${String(at)}`, frames }),
    );
    expect(new Set(texts).size).toBeGreaterThan(2);
    expect(factsToText({ seed: 'clip 3', frames })).toBe(texts[3]);
  });
});

describe('coloursOf', () => {
  it.each([
    ['red', 200, 20, 20],
    ['green', 40, 140, 40],
    ['blue', 30, 60, 180],
    ['yellow', 250, 240, 30],
    ['brown', 110, 60, 20],
    ['pink', 250, 150, 200],
    ['black', 8, 8, 10],
    ['white', 250, 250, 250],
    ['grey', 128, 128, 128],
    ['orange', 255, 130, 0],
  ])('names %s', (name, red, green, blue) => {
    const { shares } = coloursOf({
      width: 1,
      height: 1,
      format: 'rgb24',
      data: Uint8Array.of(red, green, blue),
    });
    expect(shares).toEqual({ [name]: 1 });
  });
});
