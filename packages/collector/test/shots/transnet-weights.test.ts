import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findWeights } from '../../src/shots/transnet-weights.js';
import { temporaryFolder } from '../drawn-video.js';

const BYTES = Buffer.from('weights of a network');
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const OTHER = createHash('sha256').update('others').digest('hex');

describe('weights', () => {
  const folder = temporaryFolder();
  let server: Server;
  let origin: string;
  let requests = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      requests++;
      if (request.url === '/moved') response.writeHead(302, { location: '/model' }).end();
      else if (request.url === '/model') response.end(BYTES);
      else if (request.url === '/cut')
        response.writeHead(200, { 'content-length': '100' }).write(BYTES, () => response.destroy());
      else if (request.url === '/hang') response.writeHead(200).write(BYTES);
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are a file of this machine, with the hash of its bytes', async () => {
    const path = join(folder, 'it’s "mine" 网络.onnx');
    await writeFile(path, BYTES);
    expect(await findWeights({ path }, folder)).toEqual({ path, sha256: SHA256 });
    expect(await findWeights({ path, sha256: SHA256 }, folder)).toEqual({ path, sha256: SHA256 });
    await expect(findWeights({ path, sha256: OTHER }, folder)).rejects.toMatchObject({
      code: 'corrupt',
    });
  });

  it('are missed by name, also where the path is a folder', async () => {
    const missing = { path: join(folder, 'none.onnx') };
    await expect(findWeights(missing, folder)).rejects.toThrow('none.onnx');
    await expect(findWeights({ path: folder }, folder)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('are fetched once, through redirections, and again when the kept file is damaged', async () => {
    const cache = join(folder, 'cache', 'deep');
    const weights = { url: `${origin}/moved`, sha256: SHA256 };
    const { path } = await findWeights(weights, cache);
    expect(await readFile(path)).toEqual(BYTES);
    requests = 0;
    expect(await findWeights(weights, cache)).toEqual({ path, sha256: SHA256 });
    expect(requests).toBe(0);
    await writeFile(path, 'damaged');
    await findWeights(weights, cache);
    expect(await readFile(path)).toEqual(BYTES);
  });

  it.each([
    ['/model', OTHER, 'corrupt'],
    ['/none', SHA256, 'network'],
    ['/cut', SHA256, 'network'],
  ])('of %s with the hash %s are refused and not kept', async (path, sha256, code) => {
    const cache = join(folder, `cache${path}`);
    const weights = { url: `${origin}${path}`, sha256 };
    await expect(findWeights(weights, cache)).rejects.toMatchObject({ code });
    expect(await readdir(cache)).toEqual([]);
  });

  it('stop coming when the signal aborts', async () => {
    const abort = new AbortController();
    const cache = join(folder, 'cache-abort');
    const coming = findWeights({ url: `${origin}/hang`, sha256: SHA256 }, cache, abort.signal);
    server.once('request', () => abort.abort());
    await expect(coming).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(cache)).toEqual([]);
  });

  it('come by http alone and only with a hash', async () => {
    const file = { url: 'file:///etc/passwd', sha256: SHA256 };
    await expect(findWeights(file, folder)).rejects.toThrow('options.weights.url');
    const short = { url: `${origin}/model`, sha256: 'abc' };
    await expect(findWeights(short, folder)).rejects.toThrow('options.weights.sha256');
  });
});
