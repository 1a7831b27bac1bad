import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fileStore, sha256, type Store } from '@internvid/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  applyDifference,
  compareExports,
  exportJsonl,
  exportParquet,
  exportWebDataset,
  writeDifference,
  type Sample,
} from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

const FORMATS = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
type Format = keyof typeof FORMATS;

let directory: string;
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'internvid-versions-'));
  store = fileStore(directory);
  samples = await drawnSamples(store, 9);
});
afterEach(async () => rm(directory, { recursive: true }));

const place = (prefix: string) => ({ store, prefix });

async function write(
  format: Format,
  prefix: string,
  of: readonly (Sample | undefined)[],
): Promise<void> {
  const present = of.filter((sample) => sample !== undefined);
  const limits = format === 'webdataset' ? { maxSamples: 3 } : { maxRows: 3 };
  await FORMATS[format]({ samples: streamed(present), store, prefix, name: 'set', ...limits });
}

function reworded(sample: Sample | undefined): Sample {
  const captions = sample!.captions.map((caption) => ({ ...caption, text: 'Other words.' }));
  return { ...sample!, captions };
}

async function bytesOf(prefix: string): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list(prefix))
    found[key.slice(prefix.length)] = sha256(await store.read(key));
  return found;
}

async function roundTrip(): Promise<void> {
  const [old, difference] = [place('old'), place('difference')];
  await writeDifference({ old, new: place('new'), to: difference });
  await applyDifference({ old, difference, to: place('made') });
  expect(await bytesOf('made')).toEqual(await bytesOf('new'));
}

describe.each(['webdataset', 'jsonl', 'parquet'] as const)('versions of a %s export', (format) => {
  it('say what was added, changed and withdrawn, and lead from one to the next to the byte', async () => {
    const [a, b, c, d, e, f, g, h, i] = samples;
    await write(format, 'old', [b, c, d, e, f, g]);
    await write(format, 'new', [a, b, reworded(c), e, h, g, i]);
    const { changes, ...counts } = await compareExports(place('old'), place('new'));
    expect(counts).toEqual({ added: 3, changed: 1, withdrawn: 2, unchanged: 3 });
    expect(changes.map(({ change }) => change)).toEqual([
      ...['added', 'changed', 'added', 'added', 'withdrawn', 'withdrawn'],
    ]);
    await roundTrip();
  });

  it.each([
    ['nothing changed', [0, 1, 2, 3, 4], [0, 1, 2, 3, 4]],
    ['everything is new', [0, 1], [5, 6, 7, 8]],
    ['everything was withdrawn', [0, 1, 2], []],
    ['there was nothing', [], [0, 1, 2, 3]],
    ['the order is another', [0, 1, 2, 3, 4, 5], [5, 3, 4, 0, 2, 1]],
    ['the order is turned round and some are gone', [0, 1, 2, 3, 4], [8, 4, 7, 2, 6, 0]],
  ])('lead to the new version where %s', async (_, old, next) => {
    await write(
      format,
      'old',
      old.map((at) => samples[at]),
    );
    await write(
      format,
      'new',
      next.map((at) => samples[at]),
    );
    await roundTrip();
  });
});

describe('a difference', () => {
  it('holds no sample that stayed as it was', async () => {
    await write('webdataset', 'old', samples.slice(0, 8));
    await write('webdataset', 'new', samples);
    const { counts, files } = await writeDifference({
      old: place('old'),
      new: place('new'),
      to: place('difference'),
    });
    expect(counts).toEqual({ added: 1, changed: 0, withdrawn: 0, unchanged: 8 });
    expect(files.filter(({ name }) => name.endsWith('.tar'))).toMatchObject([{ samples: 1 }]);
  });

  it('is not applied to another version, nor over what it is made from', async () => {
    await write('jsonl', 'old', samples.slice(0, 3));
    await write('jsonl', 'new', samples);
    const [old, difference] = [place('old'), place('difference')];
    await writeDifference({ old, new: place('new'), to: difference });
    const other = { old: place('new'), difference, to: place('made') };
    await expect(applyDifference(other)).rejects.toMatchObject({ code: 'invalid-config' });
    await expect(applyDifference({ old, difference, to: old })).rejects.toThrow('another folder');
  });

  it('is not taken for whole where a file of it, or of the old version, is not what it was', async () => {
    await write('jsonl', 'old', samples.slice(0, 3));
    await write('jsonl', 'new', samples);
    const [old, difference] = [place('old'), place('difference')];
    await writeDifference({ old, new: place('new'), to: difference });
    const text = Buffer.from(await store.read('difference/set.jsonl')).toString();
    await store.write('difference/set.jsonl', text.replace('red', 'blue').replace('A d', 'The d'));
    const lines = Buffer.from(await store.read('old/set.jsonl')).toString();
    await store.write('old/set.jsonl', lines.replace('grey', 'green'));
    const made = applyDifference({ old, difference, to: place('made') });
    await expect(made).rejects.toThrow('set.jsonl');
    expect(await store.stat('made/manifest.json')).toBeUndefined();
  });

  it('is of one format', async () => {
    await write('jsonl', 'old', samples);
    await write('parquet', 'new', samples);
    const versions = { old: place('old'), new: place('new'), to: place('difference') };
    await expect(writeDifference(versions)).rejects.toMatchObject({ code: 'invalid-config' });
  });

  it.each(['', '{}', '{"schema":1,"old":{},"new":{},"files":[{"name":"../../x"}]}'])(
    'is refused where its list is none: %j',
    async (list) => {
      await write('jsonl', 'old', samples);
      await store.write('difference/difference.json', list);
      const places = { old: place('old'), difference: place('difference'), to: place('made') };
      await expect(applyDifference(places)).rejects.toMatchObject({ code: 'corrupt' });
    },
  );
});
