import { describe, expect, it } from '@jest/globals';
import { claimsIn, type CaptionClaim } from '../../src/grounding/caption-claims.js';

const short = (caption: string): string[] => claimsIn(caption).map(said);

function said(claim: CaptionClaim): string {
  switch (claim.kind) {
    case 'object':
      return `object ${claim.classes.join('/')}`;
    case 'count':
      return `count ${claim.least}-${claim.most} ${claim.classes.join('/')}`;
    case 'colour':
      return `colour ${claim.colour}`;
    case 'action':
      return `action ${claim.stem}`;
    case 'text':
      return `text ${claim.quoted}`;
    case 'camera':
      return `camera ${claim.move}`;
  }
}

describe('claimsIn', () => {
  it.each([
    ['A man rides a motorbike.', ['object person', 'action rid', 'object motorcycle']],
    ['Two small brown dogs sleep.', ['object dog', 'count 2-2 dog', 'colour brown']],
    ['A hot dog lies beside a teddy bear.', ['object hot dog', 'object teddy bear']],
    ['Basketball players are on the court.', ['object person']],
    ['No people are in the street.', ['count 0-0 person']],
    ['Several cars, a bus.', ['object car', 'count 3-Infinity car', 'object bus']],
    ['An orange lies on the table.', ['object dining table']],
    ['A sign says "TWO DOGS".', ['text TWO DOGS']],
    ['The camera pans slowly to the left.', ['camera pan-left']],
    ['The camera moves or zooms out.', ['camera zoom-out']],
    ['The camera zooms in on a cat.', ['camera zoom-in', 'object cat']],
    ['The camera does not move.', ['camera static']],
    ['A shaky handheld shot of a child.', ['camera shake', 'object person']],
    [
      'An animal stands by a vehicle.',
      [
        'object bird/cat/dog/horse/sheep/cow/elephant/bear/zebra/giraffe',
        'object car/truck/bus/motorcycle/train/bicycle/boat/airplane',
      ],
    ],
    ['A blue picture in which nothing stirs.', ['colour blue']],
    ['Nobody is running, a dog jumps.', ['object dog', 'action jump']],
    ['It was a calm afternoon.', []],
    ['', []],
  ])('finds what can be looked for in "%s"', (caption, claims) => {
    expect(short(caption).sort()).toEqual([...claims].sort());
  });

  it('gives the place of the words that make the claim', () => {
    const caption = 'Near the wall, three black cats "purr".';
    for (const { words, at } of claimsIn(caption))
      expect(caption.slice(at.from, at.to)).toBe(words);
    expect(claimsIn(caption).map(({ words }) => words)).toEqual([
      'three black cats',
      'three black cats',
      'black',
      '"purr"',
    ]);
  });
});
