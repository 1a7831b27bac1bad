import { describe, expect, it } from '@jest/globals';
import { actionOf, cleanPhrase, phraseKey } from '../../src/query/phrase.js';

describe('phrases', () => {
  it.each([
    ['12 ApplyEyeMakeup', 'apply eye makeup'],
    ['"abseiling"', 'abseiling'],
    ['tap_dancing', 'tap dancing'],
    ['Putting [something] onto [something]', 'putting something onto something'],
    ['  Ｓlice\tbread. ', 'slice bread'],
    ['TV', 'TV'],
    ['切面包', '切面包'],
  ])('%p is cleaned to %p', (text, expected) => {
    expect(cleanPhrase(text)).toBe(expected);
  });

  it.each([
    ['slicing the breads', 'slice bread'],
    ['carrying babies', 'carry a baby'],
    ['taking photos', 'take a photo'],
    ['running on a treadmill', 'run on treadmills'],
    ['washing dishes', 'wash the dish'],
    ['waiting for buses', 'wait for a bus'],
    ['chopped wood', 'chop wood'],
  ])('%p and %p are one', (one, other) => {
    expect(phraseKey(one)).toBe(phraseKey(other));
  });

  it.each([
    ['turn on a lamp', 'turn off a lamp'],
    ['sing', 'swing'],
    ['feed a baby', 'feed birds'],
    ['ski', 'skip'],
    ['string beads', 'bead'],
  ])('%p and %p are two', (one, other) => {
    expect(phraseKey(one)).not.toBe(phraseKey(other));
  });

  it('have a verb and nouns', () => {
    expect(actionOf('cook over a campfire')).toEqual({ verb: 'cook', nouns: ['campfir'] });
    expect(actionOf('air drumming')).toEqual({ verb: 'drum', nouns: ['air'] });
    expect(actionOf('')).toEqual({ verb: '', nouns: [] });
  });
});
