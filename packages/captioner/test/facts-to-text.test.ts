import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@internvid/core';
import { coloursOf, type Colours } from '../src/colours.js';
import { factsToText, type SeenFrame } from '../src/facts-to-text.js';
import { judgeClaims } from '../src/grounding/judge-claims.js';
import type { FoundObject } from '../src/objects.js';
import type { TextLine } from '../src/on-screen-text.js';
import type { Box } from '../src/pictures.js';

const BLUE: Colours = {
  shares: { blue: 0.7, grey: 0.3 },
  lightness: 50,
  chroma: 40,
  strongest: 60,
};
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
  evidence: { objects, faces: [], text, colours, upper: colours, lower: colours, accents: [] },
});
const say = (...frames: SeenFrame[]): string => factsToText({ seed: 'clip', frames });

describe('factsToText', () => {
  it('never says what its own facts contradict, in any of its wordings', () => {
    const frames = [0, 1000, 2000].map((timeMs) => frame(timeMs, [object('dog', 0.7)]));
    for (const freezeRatio of [0, 1])
      for (const camera of ['static', 'pan-left', 'zoom-in', 'shake', 'mixed']) {
        const facts: JsonObject = { camera, freezeRatio, motionWidthsPerSecond: 0.2 };
        const said = Array.from({ length: 60 }, (_, seed) =>
          factsToText({ seed: String(seed), frames, facts }),
        );
        const judged = said.flatMap((text) =>
          judgeClaims(text, { facts, detections: [], others: [] }),
        );
        expect(judged.filter(({ verdict }) => verdict === 'contradicted')).toEqual([]);
      }
  });

  it('says where a single small object is', () => {
    expect(say(frame(0, [object('dog', 0.6, [0.05, 0.75, 0.2, 0.2])]))).toMatch(
      /a dog (?:is |can be seen )?in the lower left|in the lower left .*is a dog/i,
    );
  });

  it('states a weak class only when two frames agree', () => {
    expect(say(frame(0, [object('cat', 0.52)]))).not.toMatch(/cat/);
    expect(say(frame(0, [object('cat', 0.52)]), frame(1000, [object('cat', 0.47)]))).toMatch(
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
    expect(
      say(frame(0, [], [], { shares: { black: 1 }, lightness: 8, chroma: 0, strongest: 0 })),
    ).toMatch(/dark, mostly black\b/i);
    expect(
      say(
        frame(0, [], [], {
          shares: { red: 0.2, blue: 0.2, green: 0.2, grey: 0.2, white: 0.2 },
          lightness: 50,
          chroma: 40,
          strongest: 60,
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
    const black: Colours = { shares: { black: 1 }, lightness: 1, chroma: 0, strongest: 0 };
    expect(say(frame(0, []), frame(1000, []), frame(2000, []), frame(3000, [], [], black))).toMatch(
      /the picture goes black at the end/i,
    );
  });

  it('tells the colour above from the colour below', () => {
    const [sky, lawn]: Colours[] = [
      { shares: { blue: 0.9 }, lightness: 60, chroma: 40, strongest: 60 },
      { shares: { green: 0.9 }, lightness: 50, chroma: 40, strongest: 60 },
    ];
    const evidence = {
      objects: [],
      faces: [],
      text: [],
      colours: { shares: { blue: 0.45, green: 0.45 }, lightness: 55, chroma: 40, strongest: 60 },
      upper: sky!,
      lower: lawn!,
      accents: [],
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

  it('calls a picture muted only where no part of it has a strong colour', () => {
    const dull: Colours = { shares: { grey: 0.7 }, lightness: 55, chroma: 9, strongest: 25 };
    expect(say(frame(0, [], [], dull))).toMatch(/muted/);
    const redCar = say(frame(0, [], [], { ...dull, strongest: 38 }));
    expect(redCar).not.toMatch(/muted/);
    expect(redCar).toMatch(/grey/i);
  });

  it('says that a picture has no colours at all', () => {
    const film: Colours = { shares: { grey: 0.9 }, lightness: 45, chroma: 0.2, strongest: 1 };
    const texts = ['a', 'b', 'c', 'd'].map((seed) =>
      factsToText({ seed, frames: [frame(0, [], [], film)] }),
    );
    for (const text of texts) expect(text).toMatch(/black[- ]and[- ]white/i);
  });

  it('names a strong colour and where it is, if it stays there in half of the frames', () => {
    const seen = (...places: (readonly [x: number, y: number] | undefined)[]): string =>
      say(
        ...places.map((at, second) => {
          const bare = frame(second * 1000, []);
          const red = { name: 'red', share: 0.08, spread: [0.1, 0.1] } as const;
          const accents = at === undefined ? [] : [{ ...red, at }];
          return { ...bare, evidence: { ...bare.evidence, accents } };
        }),
      );
    expect(seen([0.5, 0.5], [0.52, 0.5])).toMatch(/\bred\b.*in the middle/i);
    expect(seen([0.9, 0.9])).toMatch(/\bred\b.*at the bottom right/i);
    expect(seen([0.1, 0.5], [0.9, 0.5])).toMatch(/\bred\b/i);
    expect(seen([0.1, 0.5], [0.9, 0.5])).not.toMatch(/left|right|middle/);
    expect(seen([0.5, 0.5], undefined, undefined)).not.toMatch(/\bred\b/i);
  });

  it('says how fast the camera turns, and how little moves before one that stands', () => {
    const filmed = (facts: JsonObject): string =>
      factsToText({ seed: 'clip', frames: [frame(0, []), frame(1000, [])], facts });
    expect(filmed({ camera: 'pan-left', motionWidthsPerSecond: 0.04 })).toMatch(/slowly pans/);
    expect(filmed({ camera: 'tilt-up', motionWidthsPerSecond: 0.5 })).toMatch(/quickly tilts/);
    expect(filmed({ camera: 'pan-left', motionWidthsPerSecond: 0.2 })).not.toMatch(/ly pans/);
    expect(filmed({ camera: 'static', changedAreaRatio: 0.02 })).toMatch(/(?:hardly|next to no)/);
    expect(filmed({ camera: 'static', changedAreaRatio: 0.1 })).toMatch(/little|small parts/);
    expect(filmed({ camera: 'static', changedAreaRatio: 0.5 })).not.toMatch(/hardly|small|little/);
    expect(filmed({ camera: 'pan-left', changedAreaRatio: 0.02 })).not.toMatch(/hardly|next to/);
  });

  it('says that a thing comes nearer only before a camera that stands, and not of one cut by the edge', () => {
    const approach = (facts: JsonObject, left: number): string => {
      const sides = [0.1, 0.2, 0.3, 0.4];
      const frames = sides.map((side, at) =>
        frame(at * 1000, [object('dog', 0.8, [left, 0.3, side, side])]),
      );
      return factsToText({ seed: 'clip', frames, facts });
    };
    expect(approach({ camera: 'static' }, 0.3)).toMatch(/comes nearer/);
    expect(approach({ camera: 'zoom-in' }, 0.3)).toMatch(/grows larger in the picture/);
    expect(approach({ camera: 'static' }, 0)).toMatch(/grows larger in the picture/);
  });

  it('gives the place of a single thing that stays there', () => {
    const at = (left: number): SeenFrame => frame(0, [object('dog', 0.8, [left, 0.4, 0.1, 0.2])]);
    expect(say(at(0.05), at(0.1), at(0.08))).toMatch(/on the left/);
    expect(say(at(0.05), at(0.5), at(0.85))).not.toMatch(/on the (?:left|right)|in the middle/);
  });

  it('says that the light or the colour of the picture changes', () => {
    const lit = (lightness: number): SeenFrame => frame(0, [], [], { ...BLUE, lightness });
    expect(say(lit(25), lit(40), lit(55), lit(70))).toMatch(/grows brighter/);
    expect(say(lit(70), lit(30), lit(70), lit(40))).not.toMatch(/brighter|darker/);
    const green: Colours = { ...BLUE, shares: { green: 0.8, grey: 0.2 } };
    expect(say(lit(50), lit(50), frame(0, [], [], green))).toMatch(
      /turns from mostly blue to mostly green/,
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
    ['red', 75, 10, 25],
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
