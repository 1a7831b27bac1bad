import { describe, expect, it } from '@jest/globals';
import { sha256, videoId } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';

import { findContamination } from '../../src/dedup/decontaminate.js';
import {
  listBenchmarks,
  readContamination,
  readContaminationSteps,
  saveContamination,
} from '../../src/dedup/saved-contamination.js';
import { clipOf, randomOf, randomPictures, streamed } from './made-up-hashes.js';

describe('decontamination', () => {
  const film = randomPictures(randomOf(1), 60);
  const content = sha256('film');
  const dataset = [
    clipOf('cut', film.slice(8 * 10, 8 * 20), { video: videoId('renamed', content) }),
    clipOf('else', randomPictures(randomOf(2), 20)),
  ];
  const benchmarks = [
    // An item with the id of a clip of the dataset is another thing all the same.
    {
      name: 'toy',
      hashes: () =>
        streamed([
          clipOf('cut', film, { video: videoId('film', content) }),
          clipOf('never', randomPictures(randomOf(3), 9)),
        ]),
    },
    { name: 'empty', hashes: () => streamed([]) },
  ];

  it('finds by content what was cut and renamed, with a report for each benchmark', async () => {
    const reports = await findContamination(benchmarks, { hashes: () => streamed(dataset) });
    expect(reports).toEqual([
      {
        ...{ benchmark: 'toy', items: 2, foundItems: 1, clips: 1 },
        found: [
          {
            ...{ benchmark: 'toy', clip: 'cut', video: dataset[0]?.video, item: 'cut' },
            ...{ level: 'exact', similarity: 1, span: { startMs: 0, endMs: 2_500 } },
            itemSpan: { startMs: 2_500, endMs: 5_000 },
          },
        ],
      },
      { benchmark: 'empty', items: 0, foundItems: 0, clips: 0, found: [] },
    ]);
    const store = memoryStore();
    for (const report of reports) await saveContamination(store, report, { split: 'x' });
    expect(await listBenchmarks(store)).toEqual(['empty', 'toy']);
    expect(await readContaminationSteps(store, 'toy')).toEqual({ split: 'x' });
    for await (const row of readContamination(store, 'toy'))
      expect(row).toEqual(reports[0]?.found[0]);
  });

  it('refuses a benchmark whose name is a way out of its folder', async () => {
    const report = { benchmark: '../x', items: 0, foundItems: 0, clips: 0, found: [] };
    await expect(saveContamination(memoryStore(), report, {})).rejects.toMatchObject({
      code: 'invalid-record',
    });
  });
});
