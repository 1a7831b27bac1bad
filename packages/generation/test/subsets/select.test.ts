import { describe, expect, it } from '@jest/globals';
import { parseCondition } from '@internvid/core';
import { selectClips, type SelectableClip, type SubsetRules } from '../../src/subsets/select.js';
import { splitByVideo } from '../../src/subsets/split.js';

async function* clips(rows: readonly SelectableClip[]): AsyncGenerator<SelectableClip> {
  yield* rows;
  await Promise.resolve();
}

const row = (clip: string, video: string, values: SelectableClip['values']): SelectableClip => ({
  clip,
  video,
  values,
});

describe('selecting clips', () => {
  const rows = [
    row('a1', 'a', { similarity: 0.9, camera: 'static' }),
    row('a2', 'a', { similarity: 0.8, camera: 'pan-left' }),
    row('a3', 'a', { similarity: 0.7, camera: 'static' }),
    row('b1', 'b', { similarity: 0.2, camera: 'static' }),
    row('c1', 'c', { camera: 'static' }),
    row('d1', 'd', { similarity: 0.6 }),
  ];

  const select = async (rules: SubsetRules) => {
    const { clips: chosen, funnel } = await selectClips(clips(rows), rules);
    return { chosen: chosen.map(({ clip }) => clip), funnel };
  };

  it('gives every clip in the order of the table when there is no rule', async () => {
    const { chosen, funnel } = await select({});
    expect([chosen, funnel]).toEqual([['a1', 'a2', 'a3', 'b1', 'c1', 'd1'], []]);
  });

  it('counts what each rule kept and what it could not judge', async () => {
    const { chosen, funnel } = await select({
      where: [parseCondition('camera = static')],
      top: { by: 'similarity', share: 0.67 },
    });
    expect(chosen).toEqual(['a1', 'a3']);
    expect(funnel).toEqual([
      { rule: 'camera = "static"', in: 6, kept: 4, missing: 1 },
      { rule: 'top 67 %, similarity >= 0.7', in: 4, kept: 2, missing: 1 },
    ]);
  });

  it('takes at most so many of a kind, whatever their order in the table', async () => {
    const rules = { quotas: [{ by: 'video', atMost: 1 }], draw: { count: 10 } };
    const { chosen, funnel } = await select(rules);
    expect(chosen.map((clip) => clip[0]).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(funnel.map(({ kept }) => kept)).toEqual([4, 4]);
  });

  it('draws the same clips again, and no more than asked for', async () => {
    const draw = async () => (await select({ draw: { count: 3 } })).chosen;
    expect(await draw()).toHaveLength(3);
    expect(await draw()).toEqual(await draw());
  });

  it('refuses quotas and counts of nothing', async () => {
    const wrong = [{ quotas: [{ by: 'video', atMost: 0 }] }, { draw: { count: 0 } }];
    for (const rules of wrong) await expect(select(rules)).rejects.toThrow(RangeError);
  });
});

describe('splitting by video', () => {
  const videos = Array.from({ length: 2_000 }, (_, at) => `video-${at}`);
  const shares = { train: 0.8, validation: 0.1, test: 0.1 };

  it('meets the shares on average', () => {
    const parts = [...splitByVideo(videos, { shares }).values()];
    for (const [part, share] of Object.entries(shares)) {
      const found = parts.filter((each) => each === part).length / videos.length;
      expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2_000));
    }
  });

  it('leaves a video where it is when others come in', () => {
    const before = splitByVideo(videos.slice(0, 100), { shares });
    const after = splitByVideo(videos, { shares });
    for (const [video, part] of before) expect(after.get(video)).toBe(part);
  });

  it('keeps linked videos on one side, over any number of links', () => {
    const links = videos.slice(1, 50).map((video, at) => [videos[at]!, video] as const);
    const parts = splitByVideo(videos, { shares, links });
    expect(new Set(videos.slice(0, 50).map((video) => parts.get(video))).size).toBe(1);
    const turned = splitByVideo(videos.toReversed(), { shares, links: links.toReversed() });
    expect(turned.get(videos[7]!)).toBe(parts.get(videos[7]!));
  });

  it('refuses shares that do not add up', () => {
    expect(() => splitByVideo([], { shares: { train: 0.5 } })).toThrow(RangeError);
    expect(() => splitByVideo([], { shares: { train: 1.5, test: -0.5 } })).toThrow(RangeError);
  });
});
