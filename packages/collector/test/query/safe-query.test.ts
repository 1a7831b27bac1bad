import { describe, expect, it } from '@jest/globals';
import { ACTIVITIES } from '../../src/query/activities.js';
import { reasonToRefuse } from '../../src/query/safe-query.js';

describe('the safety rules of queries', () => {
  it.each([
    ['sexy dance', 'sexual'],
    ['S3XY dance', 'sexual'],
    ['p0rn', 'sexual'],
    ['s e x', 'sexual'],
    ['Pörn', 'sexual'],
    ['undressing in a room', 'naked'],
    ['kill a person', 'violent'],
    ['shooting people', 'violent'],
    ['beheaded', 'violent'],
    ['self-harm', 'self-harm'],
    ['snorting powder', 'drugs'],
    ['nazis march', 'hateful'],
  ])('refuse %p as %s', (query, reason) => {
    expect(reasonToRefuse(query)).toBe(reason);
  });

  it.each([
    'shoot a free throw',
    'shoot a bow',
    'slice a chicken breast',
    'walk in Sussex',
    'rap',
    'rapping on a stage',
    'kill the lights',
    'laptop dance',
    'snuff out candles',
    'dressing a wound',
    'a 1935 wedding',
    'eat grapes',
  ])('let %p pass', (query) => {
    expect(reasonToRefuse(query)).toBeUndefined();
  });

  it('let the whole activity list pass', () => {
    const phrases = Object.values(ACTIVITIES).flat();
    expect(phrases.filter((phrase) => reasonToRefuse(phrase) !== undefined)).toEqual([]);
  });
});
