import { sha256, type Store } from '@internvid/core';
import { memoryStore, storeThatDiesAt } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  readExport,
  type ExportReport,
  type Sample,
} from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

const FORMATS = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
const PREFIX = 'exports/set';

async function bytesOf(store: Store): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list(PREFIX)) found[key] = sha256(await store.read(key));
  return found;
}

/** Says of each object that is written to the store. */
function watched(store: Store, wrote: (key: string) => void): Store {
  return {
    ...store,
    async write(key, body, signal) {
      const info = await store.write(key, body, signal);
      wrote(key);
      return info;
    },
  };
}

function exportTo(
  format: keyof typeof FORMATS,
  store: Store,
  samples: readonly Sample[],
): Promise<ExportReport> {
  return FORMATS[format]({
    samples: streamed(samples),
    store,
    prefix: PREFIX,
    name: 'set',
    ...(format === 'webdataset' ? { maxSamples: 3 } : { maxRows: 3 }),
  });
}

describe.each(['webdataset', 'jsonl', 'parquet'] as const)('a %s export', (format) => {
  it('that dies at any write is not taken for whole; run again, it writes only what is missing, and gives the same bytes', async () => {
    const whole = memoryStore();
    const { files } = await exportTo(format, whole, await drawnSamples(whole, 7));
    const all = [...files.map(({ name }) => `${PREFIX}/${name}`), `${PREFIX}/manifest.json`].sort();
    for (let dies = 0; dies <= files.length; dies++) {
      const store = memoryStore();
      const samples = await drawnSamples(store, 7);
      const killed = storeThatDiesAt(dies, store, () => {
        throw new Error('killed');
      });
      await expect(exportTo(format, killed, samples)).rejects.toThrow('killed');
      const read = readExport({ store, prefix: PREFIX }).next();
      await expect(read).rejects.toMatchObject({ code: 'not-found' });
      const finished = Object.keys(await bytesOf(store));
      expect(finished).toHaveLength(dies);
      const written: string[] = [];
      await exportTo(
        format,
        watched(store, (key) => written.push(key)),
        samples,
      );
      expect([...finished, ...written].sort()).toEqual(all);
      expect(await bytesOf(store)).toEqual(await bytesOf(whole));
    }
  });

  it('of other samples gives the bytes that it would give alone', async () => {
    const [store, alone] = [memoryStore(), memoryStore()];
    const samples = await drawnSamples(store, 7);
    await drawnSamples(alone, 7);
    await exportTo(format, store, samples);
    const others = samples.filter((_, place) => place !== 4);
    await exportTo(format, store, others);
    await exportTo(format, alone, others);
    expect(await bytesOf(store)).toEqual(await bytesOf(alone));
  });
});
