import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { loadActionSet, loadCaptionSet } from '../../src/eval/load-sets.js';

let folder: string;
const file = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sets '));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('loadActionSet', () => {
  it('takes the class names beside a list of UCF101, or those that are given', async () => {
    await file('classInd.txt', '1 YoYo\n');
    const list = await file('testlist01.txt', 'YoYo/v_YoYo_g01_c01.avi\n');
    expect((await loadActionSet('ucf101', list)).classNames).toEqual(['Yo Yo']);
    const classes = await file('names.txt', 'Yo Yo\nTai Chi\n');
    await rm(join(folder, 'classInd.txt'));
    const set = await loadActionSet('ucf101', list, { classes });
    expect(set.classNames).toEqual(['Yo Yo', 'Tai Chi']);
  });

  it('takes a split of HMDB51 from its folder', async () => {
    await file('eat_test_split1.txt', 'a.avi 2\nb.avi 1\n');
    await file('eat_test_split2.txt', 'b.avi 2\n');
    const names = async (split?: string) =>
      (await loadActionSet('hmdb51', folder, split === undefined ? {} : { split })).videos;
    expect(await names()).toEqual([{ names: ['eat/a', 'a'], label: 'eat' }]);
    expect(await names('2')).toEqual([{ names: ['eat/b', 'b'], label: 'eat' }]);
    await expect(names('4')).rejects.toThrow(/splits of HMDB51 are 1, 2 and 3, not 4/);
  });

  it('says what is wrong with a file', async () => {
    const path = await file('k400.csv', 'a,b\n1,2\n');
    await expect(loadActionSet('kinetics', path)).rejects.toMatchObject({
      code: 'invalid-record',
      message: 'These are no annotations of kinetics: There is no column label, youtube_id.',
    });
    const empty = await file('val.csv', 'label,youtube_id,split\nyoga,abc,train\n');
    await expect(loadActionSet('kinetics', empty, { split: 'validate' })).rejects.toThrow(
      /names no video of kinetics/,
    );
    await expect(loadActionSet('kinetics', join(folder, 'none'))).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('loadCaptionSet', () => {
  it('reads a file by its format', async () => {
    const path = await file('test.csv', 'key,vid_key,video_id,sentence\nret0,msr1,video1,a dog\n');
    expect(await loadCaptionSet('msrvtt-csv', path)).toEqual([
      { names: ['video1'], captions: ['a dog'] },
    ]);
  });
});
