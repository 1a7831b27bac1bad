import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '@internvid/core/testing';

import { inOrderOfKeeping, type ComparedClip } from '../../src/dedup/copies.js';
import { copiesPage } from '../../src/dedup/copies-page.js';
import { perceptualPairs } from '../../src/dedup/perceptual/perceptual-pairs.js';
import {
  readCopies,
  readDedupReport,
  readOverlaps,
  saveDedup,
} from '../../src/dedup/saved-dedup.js';
import { clipOf, randomOf, randomPictures, streamed } from './made-up-hashes.js';

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('a saved search for copies', () => {
  const pictures = randomPictures(randomOf(5), 40);
  const hashes = [
    clipOf('whole', pictures),
    clipOf('part', pictures.slice(8 * 8, 8 * 28), { startMs: 7_000 }),
    clipOf('else', randomPictures(randomOf(6), 30)),
    clipOf('old:whole', pictures),
  ];
  const compared = hashes.map(({ id, video, span }): ComparedClip => ({
    ...{ id, video, span, pixels: 1 },
    ...(id.startsWith('old:') ? { isReference: true } : {}),
  }));

  const save = async (clips: readonly ComparedClip[]) => {
    const store = memoryStore();
    const ordered = inOrderOfKeeping(clips, 'longest');
    const pairs = await perceptualPairs(ordered, { hashes: () => streamed(hashes) });
    const found = { clips: ordered, pairs, leastShare: 0.5, of: { split: 'x' }, settings: {} };
    return { store, report: await saveDedup(store, found) };
  };

  it('sums up, and says of each copy what it shares with the kept one', async () => {
    const { store, report } = await save(compared.slice(0, 3));
    expect(report).toMatchObject({
      ...{ clips: 3, kept: 2, groups: 1, references: 0, overlaps: 1 },
      copies: { exact: 0, perceptual: 1, semantic: 0 },
    });
    expect(await readDedupReport(store)).toEqual(report);
    const copy = (await all(readCopies(store))).find(({ isKept }) => !isKept);
    expect(copy).toEqual({
      ...{ clip: 'part', video: 'part', group: 'whole', isKept: false },
      copy: {
        ...{ level: 'perceptual', similarity: 1, share: 1, isMirrored: false },
        span: { startMs: 7_000, endMs: 12_000 },
        keptSpan: { startMs: 2_000, endMs: 7_000 },
      },
    });
    expect(await all(readOverlaps(store))).toMatchObject([{ clipA: 'whole', clipB: 'part' }]);
  });

  it('keeps what another dataset has there, and gives it no row here', async () => {
    const { store, report } = await save(compared);
    expect(report).toMatchObject({ clips: 3, kept: 1, references: 1 });
    const rows = await all(readCopies(store));
    expect(rows.map(({ clip, group }) => [clip, group]).sort()).toEqual([
      ['else', 'else'],
      ['part', 'old:whole'],
      ['whole', 'old:whole'],
    ]);
  });

  it('is none where there is no report, and refused where it is no report', async () => {
    const store = memoryStore();
    expect(await readDedupReport(store)).toBeUndefined();
    await store.write('dedup/report.json', '{"schema": 7}');
    await expect(readDedupReport(store)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('the page of copies', () => {
  it('escapes what names say', () => {
    const picture = { caption: '<img src=x onerror=alert(1)>.mp4 & "more"' };
    const page = copiesPage('a < b', ['1 & 2'], [{ heading: '<h>', kept: picture, copy: picture }]);
    expect(page).not.toMatch(/<img src=x|<h>|a < b/);
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;.mp4 &amp; &quot;more&quot;');
  });
});
