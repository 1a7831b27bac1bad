import { describe, expect, it } from '@jest/globals';
import { writeTable, type Store, type Table } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';

import { clipHashesTable, type ClipHash } from '../../../src/dedup/perceptual/clip-hash.js';
import { readHashFile, writeHashFile } from '../../../src/dedup/perceptual/hash-file.js';
import { clipOf, randomOf, randomPictures, streamed } from '../made-up-hashes.js';

const KEY = 'made.hashes.parquet';
const clips = [8, 1, 20].map((pictures, at) =>
  clipOf(`clip ${at}`, randomPictures(randomOf(at + 1), pictures), { startMs: at * 500 }),
);

async function read(store: Store): Promise<ClipHash[]> {
  const found: ClipHash[] = [];
  for await (const hash of readHashFile(store, KEY)) found.push(hash);
  return found;
}

async function written(): Promise<Store> {
  const store = memoryStore();
  await writeHashFile(store, KEY, streamed(clips));
  return store;
}

describe('a file of hashes', () => {
  it('gives back what was written', async () => {
    expect(await read(await written())).toEqual(clips);
  });

  it('is refused when it is cut off anywhere', async () => {
    const store = await written();
    const whole = await store.read(KEY);
    for (const length of [0, 3, 100, whole.length >> 1, whole.length - 9, whole.length - 1]) {
      await store.write(KEY, whole.slice(0, length));
      await expect(read(store)).rejects.toMatchObject({ code: 'corrupt' });
    }
  });

  it('never gives hashes out of bounds or hangs, whatever byte of it is wrong', async () => {
    const store = await written();
    const whole = await store.read(KEY);
    for (let at = 4; at < whole.length; at += 37) {
      const broken = whole.slice();
      broken[at] = (broken[at] as number) ^ 0xff;
      await store.write(KEY, broken);
      const hashes = await read(store).catch((error: unknown) => {
        expect(error).toMatchObject({ isToolkitError: true });
        return [];
      });
      for (const { pictures, hashes: words } of hashes) expect(words).toHaveLength(pictures * 56);
    }
  }, 60_000);

  it.each([
    ['scheme', 2, 'scheme 2'],
    ['pictures', 2_000_000_000, 'pictures'],
    ['pictures', -1, 'pictures is -1'],
    ['end_ms', 0, 'end_ms'],
    ['width', 0, 'width'],
  ])('is refused when %s is %d', async (column, value, why) => {
    const lying: Table<ClipHash> = {
      ...clipHashesTable,
      columns: clipHashesTable.columns.map((each) =>
        each.name === column ? { ...each, cell: () => value } : each,
      ),
    };
    const store = memoryStore();
    const writer = writeTable(store, KEY, lying);
    writer.add(clips[0] as ClipHash);
    await writer.finish();
    await expect(read(store)).rejects.toMatchObject({
      code: 'invalid-record',
      message: expect.stringContaining(why),
    });
  });

  it('is refused when it says that it holds more than it has bytes for', async () => {
    const store = await written();
    const bytes = (await store.stat(KEY))?.bytes ?? 0;
    const many = memoryStore();
    const empty: Table<number> = {
      name: 'nothing',
      version: 1,
      columns: [{ name: 'clip_id', type: 'text', isOptional: true, cell: () => undefined }],
      fromCells: () => 0,
    };
    const writer = writeTable(many, KEY, empty);
    for (let row = 0; row < 10 * bytes; row++) writer.add(row);
    await writer.finish();
    await expect(read(many)).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('says that it holds'),
    });
  });
});
