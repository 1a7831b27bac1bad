import type { Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { saveSubset, validateSubsets, type Sample } from '../../src/index.js';
import { drawnSamples } from '../drawn-samples.js';

let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  store = memoryStore();
  samples = await drawnSamples(store, 6);
});

describe('validateSubsets', () => {
  const videos = (): Map<string, string> =>
    new Map(samples.map(({ clip }) => [clip.id, clip.video.id]));
  const found = async (of = videos()): Promise<readonly string[]> => {
    const all: string[] = [];
    for await (const { file, problem } of validateSubsets(store, { videos: of }))
      all.push(`${file}: ${problem}`);
    return all;
  };

  beforeEach(async () => {
    const clips = samples.map(({ clip }, at) => ({
      clip: clip.id,
      video: clip.video.id,
      part: at < 4 ? 'train' : 'test',
    }));
    await saveSubset(store, { name: 'some', rules: {}, of: {}, funnel: [] }, clips);
  });

  it('finds nothing wrong with what was saved', async () => {
    expect(await found()).toEqual([]);
  });

  it('finds clips that the dataset does not have', async () => {
    const fewer = videos();
    fewer.delete(samples[1]!.clip.id);
    expect(await found(fewer)).toEqual(['some.parquet: unknown-clip']);
  });

  it('finds counts and parts that are wrong', async () => {
    const record = Buffer.from(await store.read('subsets/some.json')).toString();
    await store.write(
      'subsets/some.json',
      record.replace('"clips": 6', '"clips": 5').replace('"train": 4', '"train": 3'),
    );
    expect(await found()).toEqual(['some.parquet: wrong-count', 'some.parquet: wrong-count']);
  });

  it('finds halves of subsets, what is none, and strangers', async () => {
    await store.remove('subsets/some.parquet');
    await store.write('subsets/half.parquet', 'x');
    await store.write('subsets/odd.json', '{}');
    await store.write('subsets/odd.parquet', 'x');
    await store.write('subsets/notes.txt', 'x');
    expect(await found()).toEqual([
      'half.parquet: missing-manifest',
      'notes.txt: unlisted-file',
      'odd.json: bad-subset',
      'some.parquet: missing-file',
    ]);
    await store.write('subsets/some.parquet', 'x');
    expect(await found()).toContain('some.parquet: unreadable-parquet');
  });
});
