import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

import {
  fetchShards,
  shardAddresses,
  type ShardProgress,
} from '../../../src/train/data/fetch-shards.js';
import { serving } from '../../serving.js';
import { workplace } from '../../weights/drawn-files.js';

let shard: Buffer = Buffer.alloc(0);
beforeAll(async () => {
  await using folder = await workplace();
  await writeFile(join(folder.path, 'one.txt'), 'a red wall');
  await writeFile(join(folder.path, 'one.jpg'), Buffer.alloc(90_000, 7));
  const tar = join(folder.path, 'a.tar');
  await promisify(execFile)('tar', ['-cf', tar, '-C', folder.path, 'one.txt', 'one.jpg']);
  shard = await readFile(tar);
});

/** Serves the shard under any name, also from a byte on, and notes what was asked for. */
function serves(asked: string[] = []): RequestListener {
  return ({ url, headers }, response) => {
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    asked.push(`${url} ${from}`);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': shard.length - from });
    response.end(shard.subarray(from));
  };
}

describe('shardAddresses', () => {
  it('writes a range out, with its leading zeros', () => {
    expect(shardAddresses('https://a.org/set-{0008..0011}.tar?key=1')).toEqual([
      { url: 'https://a.org/set-0008.tar?key=1', name: 'set-0008.tar' },
      { url: 'https://a.org/set-0009.tar?key=1', name: 'set-0009.tar' },
      { url: 'https://a.org/set-0010.tar?key=1', name: 'set-0010.tar' },
      { url: 'https://a.org/set-0011.tar?key=1', name: 'set-0011.tar' },
    ]);
    expect(shardAddresses('http://a.org/b/one.tar')).toMatchObject([{ name: 'one.tar' }]);
  });

  it.each([
    ['s3://bucket/{0..3}.tar', 'give an https address'],
    ['file:///etc/a.tar', 'no http or https address'],
    ['https://a.org/{5..2}.tar', '-2 shards'],
    ['https://a.org/{0..999999999}.tar', '1000000000 shards'],
    ['https://a.org/{0..3}/part.tar', 'several shards one file name'],
    ['https://a.org/set.zip', 'no address of a .tar'],
    ['https://a.org/..%2f..%2fbashrc.tar', 'plain name'],
    ['https://a.org/.hidden.tar', 'plain name'],
  ])('refuses %s', (address, message) => {
    const refused = (): unknown => shardAddresses(address);
    expect(refused).toThrow(RangeError);
    expect(refused).toThrow(message);
  });
});

describe('fetchShards', () => {
  it('fetches what is not there yet, and tells how far it is', async () => {
    await using folder = await workplace();
    const asked: string[] = [];
    await using server = await serving(serves(asked));
    const seen: ShardProgress[] = [];
    const options = { address: `${server.endpoint}/{0..2}.tar`, folder: folder.path };
    await writeFile(join(folder.path, '1.tar'), shard);
    const names = await fetchShards({ ...options, onProgress: (now) => seen.push(now) });
    expect(names).toEqual(['0.tar', '1.tar', '2.tar']);
    expect(asked).toEqual(['/0.tar 0', '/2.tar 0']);
    expect(await readFile(join(folder.path, '2.tar'))).toEqual(shard);
    const { length } = shard;
    expect(seen.at(-1)).toEqual({ bytesDone: length, bytesTotal: length, shard: 3, shards: 3 });
    await fetchShards(options);
    expect(asked).toHaveLength(2);
  });

  it('goes on where a connection broke', async () => {
    await using folder = await workplace();
    const asked: string[] = [];
    await using server = await serving((request, response) => {
      if (asked.length > 0) return serves(asked)(request, response);
      asked.push('broken');
      response.writeHead(200, { 'content-length': shard.length });
      response.write(shard.subarray(0, 30_000), () => response.destroy());
    });
    await fetchShards({ address: `${server.endpoint}/a.tar`, folder: folder.path });
    expect(await readFile(join(folder.path, 'a.tar'))).toEqual(shard);
    expect(await readdir(folder.path)).toEqual(['a.tar']);
    expect(asked[1]).toMatch(/^\/a\.tar \d+$/);
  });

  it('keeps nothing that is no whole tar', async () => {
    await using folder = await workplace();
    await using server = await serving((_, response) => void response.end('<h1>Sign in</h1>'));
    const failure = fetchShards({ address: `${server.endpoint}/a.tar`, folder: folder.path });
    await expect(failure).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('/a.tar gave no whole tar') as unknown,
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('names the address that the server does not have, without its signature', async () => {
    await using folder = await workplace();
    await using server = await serving((_, response) => void response.writeHead(404).end());
    const address = `${server.endpoint}/{0..1}.tar?Signature=secret`;
    await expect(fetchShards({ address, folder: folder.path })).rejects.toMatchObject({
      code: 'network',
      message: `${server.endpoint}/0.tar answered with status 404.`,
    });
  });
});
