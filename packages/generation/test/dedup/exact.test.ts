import { describe, expect, it } from '@jest/globals';
import { sha256, videoId } from '@internvid/core';

import type { ComparedClip } from '../../src/dedup/copies.js';
import { exactPairs, pictureKey } from '../../src/dedup/exact.js';

const clip = (
  video: string,
  startMs: number,
  endMs: number,
  keys: string[] = [],
): ComparedClip => ({
  ...{ id: `${video}_${startMs}`, video, span: { startMs, endMs }, pixels: 1, exactKeys: keys },
});

const pairsOf = (clips: readonly ComparedClip[]) =>
  [...exactPairs(clips)].map(({ a, b, spanA }) => [a, b, spanA.startMs, spanA.endMs]);

describe('clips of the same bytes', () => {
  it('are found in files of one content, whatever their names, where their spans meet', () => {
    const content = sha256('film');
    const [one, two] = [videoId('one', content), videoId('another name', content)];
    const clips = [clip(one, 0, 4000), clip(two, 3000, 9000), clip(one, 4000, 8000)];
    expect(pairsOf(clips)).toEqual([
      [0, 1, 3000, 4000],
      [1, 2, 4000, 8000],
    ]);
    expect(pairsOf([clip(one, 0, 10), clip(videoId('one', sha256('b')), 0, 10)])).toEqual([]);
  });

  it('are found by what their files or pictures share', () => {
    const clips = [
      clip('x', 0, 9, ['file:1']),
      clip('y', 5, 9, ['file:2']),
      clip('z', 0, 9, ['file:1']),
    ];
    expect(pairsOf(clips)).toEqual([[0, 2, 0, 9]]);
  });

  it('are not claimed from pictures that are all one: black is black in any film', () => {
    expect(pictureKey(['a', 'a', 'a'])).toBeUndefined();
    expect(pictureKey(['a', 'b'])).toBe(pictureKey(['a', 'b']));
    expect(pictureKey(['a', 'b'])).not.toBe(pictureKey(['b', 'a']));
  });
});
