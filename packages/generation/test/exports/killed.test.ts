import { sha256, type Store } from '@internvid/core';
import { memoryStore, storeThatDiesAt } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import { exportJsonl, exportParquet, exportWebDataset, readExport } from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

const FORMATS = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
const PREFIX = 'exports/set';

async function bytesOf(store: Store): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list(PREFIX)) found[key] = sha256(await store.read(key));
  return found;
}

describe.each(['webdataset', 'jsonl', 'parquet'] as const)('a %s export', (format) => {
  it('that dies at any write is not taken for whole, and gives the same bytes when it is run again', async () => {
    const store = memoryStore();
    const samples = await drawnSamples(store, 7);
    const to = (of: Store) =>
      FORMATS[format]({
        samples: streamed(samples),
        store: of,
        prefix: PREFIX,
        name: 'set',
        ...(format === 'webdataset' ? { maxSamples: 3 } : { maxRows: 3 }),
      });
    const { files } = await to(store);
    const whole = await bytesOf(store);
    for (let dies = 0; dies <= files.length; dies++) {
      const killed = storeThatDiesAt(dies, store, () => {
        throw new Error('killed');
      });
      await expect(to(killed)).rejects.toThrow('killed');
      const read = readExport({ store, prefix: PREFIX }).next();
      await expect(read).rejects.toMatchObject({ code: 'not-found' });
    }
    await to(store);
    expect(await bytesOf(store)).toEqual(whole);
  });
});
