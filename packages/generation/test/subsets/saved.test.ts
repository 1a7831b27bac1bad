import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '@internvid/core/testing';
import { listSubsets, readSubset, saveSubset, type SubsetClip } from '../../src/subsets/saved.js';

const clips: SubsetClip[] = [
  { clip: 'b_1', video: 'b', part: 'train' },
  { clip: 'a_1', video: 'a', part: 'test' },
  { clip: 'b_2', video: 'b', part: 'train' },
];
async function all(rows: AsyncIterable<SubsetClip>): Promise<SubsetClip[]> {
  const found: SubsetClip[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

const about = { name: 'calm', rules: { draw: { count: 3 } }, of: { split: 'abc' }, funnel: [] };

describe('a saved subset', () => {
  it('is read back in its order, counted by part', async () => {
    const store = memoryStore();
    const saved = await saveSubset(store, about, clips);
    expect(saved).toMatchObject({ clips: 3, parts: { train: 2, test: 1 } });
    expect(await all(readSubset(store, 'calm'))).toEqual(clips);
    expect(await listSubsets(store)).toEqual(['calm']);
  });

  it('is written as the same bytes again', async () => {
    const bytes = async () => {
      const store = memoryStore();
      await saveSubset(store, about, clips);
      return Promise.all(['json', 'parquet'].map((kind) => store.read(`subsets/calm.${kind}`)));
    };
    expect(await bytes()).toEqual(await bytes());
  });

  it('says which there are when one is asked for that is not', async () => {
    const store = memoryStore();
    await saveSubset(store, about, clips);
    await expect(all(readSubset(store, 'wild'))).rejects.toThrow('There is: calm');
    await expect(all(readSubset(store, '../x'))).rejects.toThrow('no subset');
  });

  it('refuses a name that is no file name', async () => {
    for (const name of ['', '../up', 'Two Words'])
      await expect(saveSubset(memoryStore(), { ...about, name }, clips)).rejects.toThrow('called');
  });
});
