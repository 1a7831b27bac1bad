import { describe, expect, it } from '@jest/globals';

import {
  inOrderOfKeeping,
  judgeCopies,
  type ComparedClip,
  type CopyPair,
} from '../../src/dedup/copies.js';

const clip = (id: string, seconds: number, more: Partial<ComparedClip> = {}): ComparedClip => ({
  ...{ id, video: id, span: { startMs: 0, endMs: seconds * 1000 }, pixels: 100 },
  ...more,
});

const pair = (
  a: number,
  b: number,
  sharedSeconds: number,
  more: Partial<CopyPair> = {},
): CopyPair => {
  const span = { startMs: 0, endMs: sharedSeconds * 1000 };
  return { a, b, level: 'perceptual', similarity: 0.9, spanA: span, spanB: span, ...more };
};

describe('the order of keeping', () => {
  const clips = [
    clip('b', 4, { pixels: 900, score: 1 }),
    clip('a', 4, { pixels: 100, score: 3 }),
    clip('d', 9, { pixels: 100 }),
    clip('c', 1, { isReference: true }),
  ];
  it.each([
    ['longest', 'cdba'],
    ['largest', 'cbda'],
    ['best', 'cabd'],
    ['first', 'cabd'],
  ] as const)('by %s puts references first and decides ties by the other rules', (rule, order) => {
    const ids = (all: readonly ComparedClip[]) => all.map(({ id }) => id).join('');
    expect(ids(inOrderOfKeeping(clips, rule))).toBe(order);
    expect(ids(inOrderOfKeeping(clips.toReversed(), rule))).toBe(order);
  });
});

describe('judging copies', () => {
  it('keeps a clip that overlaps a copy but not what is kept', () => {
    const clips = [clip('a', 10), clip('b', 10), clip('c', 10)];
    const verdicts = judgeCopies(clips, [pair(1, 2, 5), pair(0, 1, 5)], 0.5);
    expect(verdicts.map(({ kept }) => kept)).toEqual([0, 0, 2]);
  });

  it('counts what is shared by the shorter clip, from the least share on', () => {
    const clips = [clip('long', 60), clip('short', 4)];
    expect(judgeCopies(clips, [pair(0, 1, 2)], 0.5)[1]?.kept).toBe(0);
    expect(judgeCopies(clips, [pair(0, 1, 1.9)], 0.5)[1]?.kept).toBe(1);
    expect(() => judgeCopies(clips, [], 0)).toThrow(RangeError);
  });

  it('names the surest reason, and leaves references alone', () => {
    const clips = [
      clip('r', 5, { isReference: true }),
      clip('s', 5, { isReference: true }),
      clip('a', 5),
    ];
    const pairs = [pair(0, 2, 5), pair(0, 2, 5, { level: 'exact', similarity: 1 }), pair(0, 1, 5)];
    const verdicts = judgeCopies(clips, pairs, 0.5);
    expect(verdicts.map(({ kept }) => kept)).toEqual([0, 1, 0]);
    expect(verdicts[2]?.by?.level).toBe('exact');
  });
});
