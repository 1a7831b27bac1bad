import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { imageToTextCaptioner } from '../../src/transformers/image-to-text.js';
import { modelIdentity, placeModel } from '../../src/transformers/model-source.js';
import { describeWith, TINY_MODELS } from './shared-models.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function drawnModel(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, 'onnx'), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

describe('placeModel', () => {
  it('finds a folder by its path and takes the only weights that it has', async () => {
    const model = await drawnModel("a model's", {
      'config.json': '{}',
      'onnx/model_quantized.onnx': '',
    });
    expect(await placeModel({ model })).toEqual({ root: folder, name: "a model's", dtype: 'q8' });
  });

  it('asks which weights are meant where a folder has several and none of them full', async () => {
    const model = await drawnModel('several', {
      'config.json': '{}',
      'onnx/model_fp16.onnx': '',
      'onnx/model_q4.onnx': '',
    });
    await expect(placeModel({ model })).rejects.toMatchObject({ code: 'invalid-config' });
    expect(await placeModel({ model, dtype: 'q4' })).toMatchObject({ dtype: 'q4' });
  });

  it('fetches nothing unless it is allowed to', async () => {
    const options = { model: 'owner/some-model', cacheDirectory: folder };
    await expect(placeModel(options)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('allowDownload'),
    });
    expect(await placeModel({ ...options, allowDownload: true })).toMatchObject({
      remote: { host: 'https://huggingface.co/', revision: 'main' },
    });
  });

  it.each(['../elsewhere', '/no/such/folder', 'a/b/c', 'http://host/model', 'owner/..'])(
    'refuses "%s", which is neither a folder nor a name of the hub',
    async (model) => {
      const options = { model, allowDownload: true, cacheDirectory: folder };
      await expect(placeModel(options)).rejects.toMatchObject({ code: 'not-found' });
    },
  );

  it('refuses a revision that leads out of the cache', async () => {
    const options = { model: 'owner/some-model', revision: '../../x', allowDownload: true };
    await expect(placeModel(options)).rejects.toThrow(RangeError);
  });
});

describe('modelIdentity', () => {
  it('changes with the last bytes of large weights and not with where the folder lies', async () => {
    const weights = 'w'.repeat(300_000);
    const identityOf = async (name: string, bytes: string): Promise<unknown> => {
      const files = { 'config.json': '{}', 'onnx/model.onnx': bytes };
      await drawnModel(`${name}/same`, files);
      return modelIdentity(await placeModel({ model: join(folder, name, 'same') }));
    };
    const first = await identityOf('one', weights);
    expect(await identityOf('two', weights)).toEqual(first);
    expect(await identityOf('three', `${weights.slice(1)}x`)).not.toEqual(first);
  });
});

describeWith('golden/tiny-models', 'a model of the hub', () => {
  let hub: Server;
  let address: string;
  beforeAll(async () => {
    hub = createServer((request, response) => {
      const [, file] = /^\/tiny-vit-gpt2\/resolve\/[^/]+\/(.+)$/.exec(request.url ?? '') ?? [];
      const path = join(TINY_MODELS, 'tiny-vit-gpt2', normalize(`/${file ?? 'none'}`));
      if (!existsSync(path)) response.writeHead(404).end();
      else createReadStream(path).pipe(response);
    });
    await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((resolve) => hub.close(resolve)));

  it.each(['main', '0123abc'])(
    'is fetched once and then loads without the hub (revision %s)',
    async (revision) => {
      const cacheDirectory = join(folder, `cache-${revision}`);
      const options = { model: 'tiny-vit-gpt2', revision, cacheDirectory };
      const fetched = await imageToTextCaptioner({
        ...options,
        hub: address,
        allowDownload: true,
      });
      await fetched[Symbol.asyncDispose]();
      const offline = await imageToTextCaptioner({ ...options, hub: 'http://127.0.0.1:9/' });
      await offline[Symbol.asyncDispose]();
      expect(offline.producer).toEqual(fetched.producer);
    },
  );

  it('fails with what was missing where the hub does not have it', async () => {
    const options = { model: 'no-such-model', hub: address, cacheDirectory: folder };
    await expect(imageToTextCaptioner({ ...options, allowDownload: true })).rejects.toMatchObject({
      code: 'model-failed',
      message: expect.stringContaining('no-such-model'),
    });
  });
});
