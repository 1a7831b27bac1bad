import { sha256, type Store } from '@internvid/core';
import { memoryStore, storeThatDiesAt } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';
import { extract } from 'tar-stream';

import { exportWebDataset, readExportManifest, type Sample } from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

type Entry = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mtime: number;
  readonly owner: string;
};

async function entriesOf(store: Store, key: string): Promise<readonly Entry[]> {
  const archive = extract();
  archive.end(Buffer.from(await store.read(key)));
  const entries: Entry[] = [];
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, mtime, uid, gid, mode } = entry.header;
    entries.push({
      name,
      bytes: Buffer.concat(chunks),
      mtime: Number(mtime),
      owner: `${uid}:${gid}:${mode.toString(8)}`,
    });
  }
  return entries;
}

async function drawn(count: number): Promise<{ store: Store; samples: readonly Sample[] }> {
  const store = memoryStore();
  return { store, samples: await drawnSamples(store, count) };
}

const to = (store: Store, samples: readonly Sample[]) => ({
  store,
  samples: streamed(samples),
  prefix: 'exports/wds',
  name: 'drawn',
});

describe('exportWebDataset', () => {
  it('writes the parts of each sample together, under its clip id', async () => {
    const { store, samples } = await drawn(5);
    const report = await exportWebDataset(to(store, samples));
    expect(report).toMatchObject({ format: 'webdataset', samples: 5, failed: 0 });
    const entries = await entriesOf(store, 'exports/wds/drawn-000000.tar');
    expect(entries.map(({ name }) => name)).toEqual(
      samples.flatMap(({ clip }) => ['json', 'txt', 'jpg'].map((part) => `${clip.id}.${part}`)),
    );
    const [json, txt, jpg] = entries.slice(3);
    expect(JSON.parse(String(json?.bytes))).toMatchObject({
      clip_id: samples[1]?.clip.id,
      start_ms: 4000,
      end_ms: 6501,
      width: 640,
      license: 'CC-BY-4.0',
      caption_by: 'drawn-captions@1',
      facts: '{"hasFaces":true,"motion":0.1}',
    });
    expect(String(txt?.bytes)).toMatch(/^Two blue circles, one "large"/);
    expect(sha256(jpg?.bytes ?? '')).toBe(samples[1]?.frames[1]?.picture.sha256);
  });

  it('gives tars without the time, the user or the machine in them', async () => {
    const { store, samples } = await drawn(1);
    await exportWebDataset(to(store, samples));
    for (const { mtime, owner } of await entriesOf(store, 'exports/wds/drawn-000000.tar')) {
      expect([mtime, owner]).toEqual([0, '0:0:644']);
    }
  });

  it('starts a new shard at the limit of samples', async () => {
    const { store, samples } = await drawn(7);
    const { files } = await exportWebDataset({ ...to(store, samples), maxSamples: 3 });
    const shards = files.filter(({ name }) => name.endsWith('.tar'));
    expect(shards.map(({ name, samples: count }) => [name, count])).toEqual([
      ['drawn-000000.tar', 3],
      ['drawn-000001.tar', 3],
      ['drawn-000002.tar', 1],
    ]);
    for (const { name, bytes, sha256: hash } of shards) {
      const written = await store.read(`exports/wds/${name}`);
      expect([written.length, sha256(written)]).toEqual([bytes, hash]);
    }
    const index = JSON.parse(
      Buffer.from(await store.read('exports/wds/index.json')).toString(),
    ) as { shardlist: object[] };
    expect(index.shardlist).toEqual(
      shards.map(({ name, bytes, sha256: hash, samples: count }) => ({
        url: name,
        nsamples: count,
        filesize: bytes,
        sha256: hash,
      })),
    );
  });

  it('keeps shards under the limit of bytes, and gives a larger sample a shard of its own', async () => {
    const { store, samples } = await drawn(6);
    const large = samples[2]?.clip.id;
    const clipFile = (sample: Sample): Promise<Uint8Array> =>
      Promise.resolve(new Uint8Array(sample.clip.id === large ? 90_000 : 100));
    const { files } = await exportWebDataset({ ...to(store, samples), maxBytes: 20_000, clipFile });
    const shards = files.filter(({ name }) => name.endsWith('.tar'));
    expect(shards.map(({ samples: count }) => count)).toEqual([2, 1, 3]);
    expect(shards.map(({ bytes }) => bytes <= 20_000)).toEqual([true, false, true]);
  });

  it('gives the same bytes again, and leaves no shard of a larger export behind', async () => {
    const { store, samples } = await drawn(6);
    const first = await exportWebDataset({ ...to(store, samples), maxSamples: 4 });
    await exportWebDataset({ ...to(store, samples), maxSamples: 1 });
    const again = await exportWebDataset({ ...to(store, samples), maxSamples: 4 });
    expect(again).toEqual(first);
    const keys: string[] = [];
    for await (const { key } of store.list('exports/wds'))
      keys.push(key.slice('exports/wds/'.length));
    expect(keys).toEqual([...first.files.map(({ name }) => name), 'manifest.json'].sort());
  });

  it('fails a sample that lacks a part of the others and goes on', async () => {
    const { store, samples } = await drawn(4);
    const [a, b, c, d] = samples as [Sample, Sample, Sample, Sample];
    const failures: [string, string][] = [];
    const faulty = [a, { ...b, frames: [] }, { ...c, captions: [] }, d];
    const report = await exportWebDataset({
      ...to(store, faulty),
      fail: ({ id }, error) => failures.push([id, error.code]),
    });
    expect(report).toMatchObject({ samples: 2, failed: 2 });
    expect(failures).toEqual([
      [b.clip.id, 'invalid-record'],
      [c.clip.id, 'invalid-record'],
    ]);
    expect(await readExportManifest(store, 'exports/wds')).toMatchObject({ samples: 2, failed: 2 });
  });

  it('ends at the first such sample where nobody asks for the failures, and writes no list', async () => {
    const { store, samples } = await drawn(2);
    const faulty = samples.map((sample) => ({ ...sample, frames: [] }));
    await expect(exportWebDataset(to(store, faulty))).rejects.toThrow(
      /cannot be exported: it has no sampled frame/,
    );
    expect(await readExportManifest(store, 'exports/wds')).toBeUndefined();
  });

  it('refuses a picture that is not the one that was sampled', async () => {
    const { store, samples } = await drawn(1);
    const { key } = samples[0]?.frames[1]?.picture ?? { key: '' };
    const bytes = await store.read(key);
    await store.write(
      key,
      bytes.map((byte) => byte ^ 1),
    );
    await expect(exportWebDataset(to(store, samples))).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('refuses a clip that comes twice, and an id that webdataset would tear apart', async () => {
    const { store, samples } = await drawn(1);
    const [sample] = samples as [Sample];
    await expect(exportWebDataset(to(store, [sample, sample]))).rejects.toThrow(/came twice/);
    const dotted = { ...sample, clip: { ...sample.clip, id: 'a.b' } };
    await expect(exportWebDataset(to(store, [dotted]))).rejects.toThrow(
      /a\.b cannot be exported: its id/,
    );
  });

  it('takes the caption from the first scale of the preference that is there', async () => {
    const { store, samples } = await drawn(8);
    await exportWebDataset({ ...to(store, samples), captionPreference: ['coarse', 'fine'] });
    const entries = await entriesOf(store, 'exports/wds/drawn-000000.tar');
    const texts = entries
      .filter(({ name }) => name.endsWith('.txt'))
      .map(({ bytes }) => String(bytes));
    expect(texts[0]).toBe('A drawing, number 0.');
    expect(texts[7]).toBe(
      'Two blue circles, one "large" and one small, turn around each other while the camera stays where it is. (7)',
    );
  });

  it('writes an export of nothing that says so', async () => {
    const { store } = await drawn(0);
    const report = await exportWebDataset(to(store, []));
    expect(report.files.map(({ name }) => name)).toEqual([
      'README.md',
      'index.json',
      'statistics/statistics.json',
    ]);
    expect(report.samples).toBe(0);
  });

  it('stops at an abort without a list', async () => {
    const { store, samples } = await drawn(3);
    const controller = new AbortController();
    async function* aborting(): AsyncGenerator<Sample> {
      yield* samples.slice(0, 1);
      controller.abort();
      yield* samples.slice(1);
    }
    const options = {
      ...to(store, samples),
      samples: aborting(),
      signal: controller.signal,
      fail: () => undefined,
    };
    await expect(exportWebDataset(options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readExportManifest(store, 'exports/wds')).toBeUndefined();
  });

  it('is whole or has no list after a kill at any write, and the next run ends with the same bytes', async () => {
    const undisturbed = await drawn(6);
    const whole = await exportWebDataset({
      ...to(undisturbed.store, undisturbed.samples),
      maxSamples: 2,
    });
    const writes = whole.files.length + 1;
    for (let kill = 0; kill < writes; kill++) {
      const { store, samples } = await drawn(6);
      const dying = storeThatDiesAt(kill, store, () => {
        throw new Error('killed');
      });
      await expect(exportWebDataset({ ...to(dying, samples), maxSamples: 2 })).rejects.toThrow(
        'killed',
      );
      expect(await readExportManifest(store, 'exports/wds')).toBeUndefined();
      expect(await exportWebDataset({ ...to(store, samples), maxSamples: 2 })).toEqual(whole);
    }
  });

  it('lets go of its samples when the store fails', async () => {
    const { store, samples } = await drawn(6);
    let isOpen = true;
    async function* watched(): AsyncGenerator<Sample> {
      try {
        yield* samples;
        yield* samples;
      } finally {
        isOpen = false;
      }
    }
    const dying = storeThatDiesAt(0, store, () => {
      throw new Error('killed');
    });
    await expect(exportWebDataset({ ...to(dying, samples), samples: watched() })).rejects.toThrow(
      'killed',
    );
    expect(isOpen).toBe(false);
  });

  it('refuses a folder that holds another export, and options that make no sense', async () => {
    const { store, samples } = await drawn(1);
    await exportWebDataset(to(store, samples));
    await expect(exportWebDataset({ ...to(store, samples), name: 'other' })).rejects.toMatchObject({
      code: 'invalid-config',
    });
    await expect(exportWebDataset({ ...to(store, samples), name: 'a b' })).rejects.toThrow(
      TypeError,
    );
    await expect(exportWebDataset({ ...to(store, samples), maxSamples: 0 })).rejects.toThrow(
      /options.maxSamples/,
    );
  });
});
