import type { Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pack } from 'tar-stream';

import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  knownDataset,
  validateExport,
  type Sample,
} from '../src/index.js';
import { drawnSamples, streamed } from './drawn-samples.js';

const PREFIX = 'exports/under-test';
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  store = memoryStore();
  samples = await drawnSamples(store, 5);
});

const to = () => ({ samples: streamed(samples), store, prefix: PREFIX, name: 'drawn' });

async function problems(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { file, problem } of validateExport(store, PREFIX))
    found.push(`${file}: ${problem}`);
  return found;
}

async function text(name: string): Promise<string> {
  return Buffer.from(await store.read(`${PREFIX}/${name}`)).toString();
}

describe.each(['webdataset', 'jsonl', 'parquet'] as const)('a %s export', (format) => {
  it('whose clips are of a video that was withdrawn since is found, clip by clip', async () => {
    const write = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
    await write[format](to());
    const [first] = samples;
    const rest = samples.filter((sample) => sample !== first);
    const known = await knownDataset(streamed(rest), [first!.clip]);
    const found: string[] = [];
    for await (const { problem, message } of validateExport(store, PREFIX, { known }))
      found.push(`${problem}: ${message}`);
    expect(found).toEqual([
      expect.stringMatching(/^withdrawn-sample: .* is a clip of a withdrawn video\.$/),
    ]);
  });
});

type Entries = [name: string, body: string | Buffer][];

/** Puts another tar in the place of the first shard. */
async function replaceShard(entries: Entries): Promise<void> {
  const archive = pack();
  for (const [name, body] of entries) archive.entry({ name }, body);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  await store.write(`${PREFIX}/drawn-000000.tar`, Buffer.concat(chunks));
}

/** What the first shard holds, read by the fixed layout of ustar. */
async function shardEntries(): Promise<Entries> {
  const bytes = Buffer.from(await store.read(`${PREFIX}/drawn-000000.tar`));
  const entries: Entries = [];
  for (let at = 0; bytes[at] !== 0;) {
    const name = bytes.toString('utf8', at, bytes.indexOf(0, at));
    const size = parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    entries.push([name, bytes.subarray(at + 512, at + 512 + size)]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

describe('validateExport', () => {
  it('finds nothing wrong with what the exports write', async () => {
    await exportWebDataset({ ...to(), prefix: 'exports/a', maxSamples: 2 });
    await exportJsonl({ ...to(), prefix: 'exports/b' });
    await exportParquet({ ...to(), prefix: 'exports/c', maxRows: 2 });
    for (const prefix of ['exports/a', 'exports/b', 'exports/c']) {
      for await (const finding of validateExport(store, prefix)) expect(finding).toBeUndefined();
    }
  });

  it('finds an export that was not finished', async () => {
    await exportJsonl(to());
    await store.remove(`${PREFIX}/manifest.json`);
    expect(await problems()).toEqual(['manifest.json: missing-manifest']);
  });

  it.each(['nonsense', '{}', '{"schema":1,"format":"csv","name":"a","samples":0,"files":[]}'])(
    'finds a list of files that is none: %s',
    async (manifest) => {
      await store.write(`${PREFIX}/manifest.json`, manifest);
      expect(await problems()).toEqual(['manifest.json: bad-manifest']);
    },
  );

  it('finds files that are missing, too many, of another size or of other bytes', async () => {
    await exportWebDataset({ ...to(), maxSamples: 1 });
    await store.remove(`${PREFIX}/drawn-000003.tar`);
    await store.write(`${PREFIX}/notes.txt`, 'hello');
    await store.write(`${PREFIX}/README.md`, 'short');
    await store.write(
      `${PREFIX}/index.json`,
      (await text('index.json')).replace('"drawn"', '"brown"'),
    );
    expect(await problems()).toEqual([
      'README.md: wrong-size',
      'drawn-000003.tar: missing-file',
      'index.json: wrong-checksum',
      'notes.txt: unlisted-file',
      'index.json: wrong-index',
    ]);
  });

  it('finds a count that is not that of the rows', async () => {
    await exportJsonl(to());
    const manifest = await text('manifest.json');
    await store.write(`${PREFIX}/manifest.json`, manifest.replace(/"samples": 5/, '"samples": 6'));
    expect(await problems()).toEqual(['manifest.json: wrong-count']);
    await store.write(
      `${PREFIX}/manifest.json`,
      manifest.replaceAll('"samples": 5', '"samples": 6'),
    );
    expect(await problems()).toEqual(['drawn.jsonl: wrong-count']);
  });

  it('finds a tar that was cut, in the middle of a sample or between two', async () => {
    await exportWebDataset(to());
    const bytes = await store.read(`${PREFIX}/drawn-000000.tar`);
    await store.write(`${PREFIX}/drawn-000000.tar`, bytes.slice(0, 5000));
    expect(await problems()).toEqual([
      'drawn-000000.tar: wrong-size',
      'drawn-000000.tar: truncated-tar',
    ]);
    await store.write(`${PREFIX}/drawn-000000.tar`, bytes.slice(0, -1024));
    expect(await problems()).toEqual([
      'drawn-000000.tar: wrong-size',
      'drawn-000000.tar: truncated-tar',
    ]);
  });

  it('finds what is no tar', async () => {
    await exportWebDataset(to());
    const bytes = await store.read(`${PREFIX}/drawn-000000.tar`);
    await store.write(`${PREFIX}/drawn-000000.tar`, bytes.fill(7, 0, 600));
    expect(await problems()).toEqual([
      'drawn-000000.tar: wrong-checksum',
      'drawn-000000.tar: unreadable-tar',
    ]);
  });

  describe('in a shard that another program wrote', () => {
    let entries: Entries;
    beforeEach(async () => {
      await exportWebDataset(to());
      entries = await shardEntries();
    });
    const inside = async (): Promise<readonly string[]> =>
      (await problems())
        .filter((found) => !/wrong-size|wrong-checksum/.test(found))
        .map((found) => found.replace('drawn-000000.tar: ', ''));

    it('finds nothing where it holds the same', async () => {
      await replaceShard(entries);
      expect(await inside()).toEqual([]);
    });

    it('finds samples whose parts do not lie together', async () => {
      const [json, ...others] = entries;
      await replaceShard([...others, json!]);
      expect(await inside()).toEqual(['different-parts', 'split-key', 'different-parts']);
    });

    it('finds parts that are missing or there twice', async () => {
      await replaceShard([...entries.slice(0, 2), ...entries.slice(3), entries.at(-1)!]);
      expect(await inside()).toEqual(['different-parts', 'duplicate-part']);
    });

    it('finds rows that are no JSON, lack a field, or are about another clip', async () => {
      await replaceShard(
        entries.map(([name, body], place) => {
          if (place === 0) return [name, 'nonsense'];
          if (place === 3) return [name, String(body).replace('"caption_by"', '"made_by"')];
          if (place === 6)
            return [name, String(body).replace(/"clip_id":"[^"]*"/, '"clip_id":"another"')];
          return [name, body];
        }),
      );
      expect(await inside()).toEqual(['bad-row', 'bad-row', 'wrong-key']);
    });

    it('finds captions that differ, pictures that were cut and clips that end before they start', async () => {
      await replaceShard(
        entries.map(([name, body], place) => {
          if (place === 1) return [name, 'Something else.'];
          if (place === 5) return [name, Buffer.from(body).subarray(0, 100)];
          if (place === 6) return [name, String(body).replace('"end_ms":10502', '"end_ms":7000')];
          return [name, body];
        }),
      );
      expect(await inside()).toEqual(['different-captions', 'bad-picture', 'times-out-of-order']);
    });
  });

  it('finds a clip that is in two shards', async () => {
    await exportWebDataset({ ...to(), maxSamples: 3 });
    const first = await store.read(`${PREFIX}/drawn-000000.tar`);
    await store.write(`${PREFIX}/drawn-000001.tar`, first);
    expect(await problems()).toEqual([
      'drawn-000001.tar: wrong-size',
      'drawn-000001.tar: duplicate-key',
      'drawn-000001.tar: duplicate-key',
      'drawn-000001.tar: duplicate-key',
      'drawn-000001.tar: wrong-count',
    ]);
  });

  it('finds bad rows of a JSONL file by their line', async () => {
    await exportJsonl(to());
    const lines = (await text('drawn.jsonl')).split('\n');
    lines[1] = 'nonsense';
    lines[4] = lines[4]!.replace('"End_timestamp":"00:00:06', '"End_timestamp":"00:00:03');
    await store.write(`${PREFIX}/drawn.jsonl`, lines.join('\n'));
    const findings: string[] = [];
    for await (const { problem, message } of validateExport(store, PREFIX))
      findings.push(`${problem} ${/line \d/.exec(message)?.[0]}`);
    expect(findings.slice(1)).toEqual([
      'bad-row line 2',
      'times-out-of-order line 5',
      'wrong-count undefined',
    ]);
  });

  it('finds a Parquet file that cannot be read', async () => {
    await exportParquet(to());
    const bytes = await store.read(`${PREFIX}/drawn-000000.parquet`);
    await store.write(`${PREFIX}/drawn-000000.parquet`, bytes.slice(0, -20));
    expect(await problems()).toEqual([
      'drawn-000000.parquet: wrong-size',
      'drawn-000000.parquet: unreadable-parquet',
    ]);
  });
});
