import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { fetchCheckpoint } from '../../src/weights/fetch-checkpoint.js';
import { serving } from '../serving.js';
import { workplace } from './drawn-files.js';

const BODY = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const SHA256 = createHash('sha256').update(BODY).digest('hex');
const NAME = 'viclip-b16-flt';
const FILE = 'viclip-b16-flt-model.safetensors';

/** Serves the file, also from a byte on. */
const whole: RequestListener = ({ headers }, response) => {
  const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
  response.writeHead(from > 0 ? 206 : 200, { 'content-length': BODY.length - from });
  response.end(BODY.subarray(from));
};

describe('fetchCheckpoint', () => {
  it('fetches a file into the folder, once, and tells how far it is', async () => {
    await using folder = await workplace();
    const asked: string[] = [];
    await using server = await serving((request, response) => {
      asked.push(request.url ?? '');
      whole(request, response);
    });
    const seen: number[] = [];
    const options = { directory: folder.path, endpoint: server.endpoint, sha256: SHA256 };
    const path = await fetchCheckpoint(NAME, {
      ...options,
      onProgress: ({ bytesDone }) => seen.push(bytesDone),
    });
    expect(path).toBe(join(folder.path, FILE));
    expect(await readFile(path)).toEqual(BODY);
    expect(seen.at(-1)).toBe(BODY.length);
    await fetchCheckpoint(NAME, options);
    expect(asked).toEqual(['/OpenGVLab/ViCLIP-B-16-hf/resolve/main/model.safetensors']);
  });

  it('goes on where a fetch broke off', async () => {
    await using folder = await workplace();
    await writeFile(join(folder.path, `${FILE}.part`), BODY.subarray(0, 150_000));
    const ranges: unknown[] = [];
    await using server = await serving((request, response) => {
      ranges.push(request.headers.range);
      whole(request, response);
    });
    const path = await fetchCheckpoint(NAME, {
      directory: folder.path,
      endpoint: server.endpoint,
      sha256: SHA256,
    });
    expect(await readFile(path)).toEqual(BODY);
    expect(ranges).toEqual(['bytes=150000-']);
  });

  it('tries again when the connection breaks in the middle', async () => {
    await using folder = await workplace();
    let calls = 0;
    await using server = await serving((request, response) => {
      calls += 1;
      if (calls > 1) return whole(request, response);
      response.writeHead(200, { 'content-length': BODY.length });
      response.write(BODY.subarray(0, 60_000), () => response.destroy());
    });
    const path = await fetchCheckpoint(NAME, {
      directory: folder.path,
      endpoint: server.endpoint,
      sha256: SHA256,
    });
    expect(await readFile(path)).toEqual(BODY);
    expect(calls).toBe(2);
  });

  it('begins anew where the server does not go on', async () => {
    await using folder = await workplace();
    await writeFile(join(folder.path, `${FILE}.part`), Buffer.alloc(1000, 9));
    await using server = await serving((_, response) => void response.end(BODY));
    const path = await fetchCheckpoint(NAME, {
      directory: folder.path,
      endpoint: server.endpoint,
      sha256: SHA256,
    });
    expect(await readFile(path)).toEqual(BODY);
  });

  it('keeps nothing whose hash is another', async () => {
    await using folder = await workplace();
    await using server = await serving(whole);
    const failure = fetchCheckpoint(NAME, {
      directory: folder.path,
      endpoint: server.endpoint,
      sha256: '0'.repeat(64),
    });
    await expect(failure).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(SHA256) as unknown,
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('asks nobody for what could not be checked or has no place', async () => {
    await using folder = await workplace();
    const options = { directory: folder.path, endpoint: 'http://127.0.0.1:1' };
    await expect(fetchCheckpoint(NAME, options)).rejects.toMatchObject({ code: 'invalid-config' });
    await expect(
      fetchCheckpoint('viclip-l14-200m', { ...options, sha256: SHA256 }),
    ).rejects.toMatchObject({ code: 'not-found' });
    await expect(fetchCheckpoint('viclip-x', options)).rejects.toThrow(RangeError);
  });

  it('says what the server answered', async () => {
    await using folder = await workplace();
    await using server = await serving((_, response) => void response.writeHead(404).end());
    const failure = fetchCheckpoint('viclip-l14-flt', {
      directory: folder.path,
      endpoint: server.endpoint,
    });
    await expect(failure).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('404') as unknown,
    });
  });
});
