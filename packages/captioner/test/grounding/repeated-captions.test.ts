import { describe, expect, it } from '@jest/globals';
import type { Caption } from '@internvid/core';
import { runStage } from '@internvid/core/testing';
import {
  findRepeatedCaptions,
  quarantineCaptions,
  repeatedCaptionKey,
  type CaptionOfVideo,
} from '../../src/grounding/repeated-captions.js';

const LONG = 'A young man in a blue shirt is talking to the camera about his day.';
const SHORT = 'A man is talking.';

function of(
  video: string,
  text: string,
  model = 'model',
  scale: Caption['scale'] = 'fine',
): CaptionOfVideo {
  const clip = `${video}-clip`;
  const by = { name: model, version: '1', config: {} };
  return {
    id: `${clip}_${scale}`,
    video,
    caption: { clip, scale, text, language: 'en', framesSha256: 'f', by },
  };
}

const distinct = (count: number): CaptionOfVideo[] =>
  Array.from({ length: count }, (_, at) => of(`other${at}`, `Something else number ${at}.`));

describe('findRepeatedCaptions', () => {
  it('finds the one sentence that a model gives to three videos, however it is written', async () => {
    const captions = [of('a', LONG), of('b', LONG.toUpperCase()), of('c', `${LONG} `)];
    const repeated = await findRepeatedCaptions(captions);
    expect(repeated.size).toBe(1);
    const judged = [...captions, ...distinct(2)].map((each) => ({
      ...each,
      isRepeated: repeated.has(repeatedCaptionKey(each.caption)),
    }));
    const result = await runStage(quarantineCaptions<(typeof judged)[number]>(), judged);
    expect(result.dropped.map(({ reason }) => reason)).toEqual(Array(3).fill('repeated-caption'));
    expect(result.outputs.length).toBe(2);
  });

  it('lets two videos share a caption, and the clips of one video', async () => {
    expect((await findRepeatedCaptions([of('a', LONG), of('b', LONG)])).size).toBe(0);
    expect((await findRepeatedCaptions([of('a', LONG), of('a', LONG), of('a', LONG)])).size).toBe(
      0,
    );
  });

  it('lets a short caption come back by chance, and not on a large share of all videos', async () => {
    const three = [of('a', SHORT), of('b', SHORT), of('c', SHORT)];
    expect((await findRepeatedCaptions([...three, ...distinct(97)])).size).toBe(0);
    expect((await findRepeatedCaptions([...three, ...distinct(20)])).size).toBe(1);
  });

  it('counts models apart, and leaves out frame captions', async () => {
    expect(
      (await findRepeatedCaptions([of('a', LONG, 'x'), of('b', LONG, 'y'), of('c', LONG, 'z')]))
        .size,
    ).toBe(0);
    const frames = ['a', 'b', 'c'].map((video) => of(video, LONG, 'model', 'frame'));
    expect((await findRepeatedCaptions(frames)).size).toBe(0);
  });

  it('lets clips that look alike share a caption', async () => {
    const captions = ['a', 'b', 'c'].map((video) => of(video, LONG));
    expect((await findRepeatedCaptions(captions, { alike: () => true })).size).toBe(0);
    expect(
      (await findRepeatedCaptions(captions, { alike: (_, other) => other === 'b-clip' })).size,
    ).toBe(0);
    expect((await findRepeatedCaptions(captions, { alike: () => false })).size).toBe(1);
  });

  it('refuses a threshold that one video meets', async () => {
    await expect(findRepeatedCaptions([], { minVideos: 1 })).rejects.toThrow(RangeError);
  });
});
