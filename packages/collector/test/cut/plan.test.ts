import { describe, expect, it } from '@jest/globals';
import { framesInside, planCut } from '../../src/cut/plan.js';

/** Packets in the order of decoding from their presentation numbers; `!` marks key frames. A tick is 10. */
function stream(text: string): {
  packets: { pts: number; isKey: boolean }[];
  ticks: Float64Array;
  keys: Set<number>;
} {
  const packets = text.split(' ').map((word) => ({
    pts: 10 * Number(word.replace('!', '')),
    isKey: word.includes('!'),
  }));
  return {
    packets,
    ticks: Float64Array.from(packets, ({ pts }) => pts).sort(),
    keys: new Set(packets.filter(({ isKey }) => isKey).map(({ pts }) => pts)),
  };
}

describe('planning a cut', () => {
  const closed = stream('0! 3 1 2 4! 7 5 6 8! 11 9 10');
  const open = stream('0! 3 1 2 6! 4 5 9 7 8 12! 10 11 15 13 14');

  it('copies from the first key frame inside to the last frame that needs no later one', () => {
    const plan = planCut(closed, { first: 2, end: 11 }, closed.keys);
    // Frames 9 and 10 are decoded after 11, which is outside.
    expect(plan).toMatchObject({ copyFirst: 4, copyEnd: 9, copied: [40, 70, 50, 60, 80] });
  });

  it('copies everything from a key frame to the end of a group', () => {
    const plan = planCut(closed, { first: 4, end: 8 }, closed.keys);
    expect(plan).toMatchObject({ first: 4, copyFirst: 4, copyEnd: 8, end: 8 });
  });

  it('leaves out frames that are shown before the key frame they are decoded after', () => {
    const plan = planCut(open, { first: 1, end: 16 }, open.keys);
    expect(plan).toMatchObject({ copyFirst: 6, copyEnd: 16 });
    expect(plan).toHaveProperty('copied', [60, 90, 70, 80, 120, 100, 110, 150, 130, 140]);
  });

  it('does not end after a key frame while frames before it are still to come', () => {
    const plan = planCut(open, { first: 0, end: 11 }, open.keys);
    expect(plan).toMatchObject({ copyFirst: 0, copyEnd: 10 });
  });

  it('refuses a span without a key frame, or whose key frames are no clean start', () => {
    expect(planCut(closed, { first: 1, end: 4 }, closed.keys)).toBe('no-clean-key-frame');
    expect(planCut(closed, { first: 1, end: 12 }, new Set())).toBe('no-clean-key-frame');
  });

  it('refuses a file without a time for each packet', () => {
    const nothing = { packets: [], ticks: new Float64Array() };
    expect(planCut(nothing, { first: 0, end: 1 }, new Set())).toBe('no-packet-times');
  });
});

describe('the frames inside a span', () => {
  const source = {
    path: 'film.mp4',
    timeline: {
      timesMs: Float64Array.of(0, 40, 80, 120),
      keyFrames: Uint32Array.of(0),
      endMs: 160,
    },
  };

  it('counts a frame at the start and none at the end', () => {
    expect(framesInside(source, { startMs: 40, endMs: 120 })).toEqual({ first: 1, end: 3 });
    expect(framesInside(source, { startMs: 41, endMs: 900 })).toEqual({ first: 2, end: 4 });
  });

  it('fails where there is none', () => {
    expect(() => framesInside(source, { startMs: 81, endMs: 120 })).toThrow(
      'film.mp4 has no frame from 81 to 120 ms.',
    );
  });
});
