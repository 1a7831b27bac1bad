import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { convertedModel } from '../../src/models/model-cache.js';

const MODEL = {
  format: 'graph-model',
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim: [{ size: '1' }] } } },
      },
      { name: 'w', op: 'Const' },
      { name: 'y', op: 'Mul', input: ['x', 'w'] },
    ],
  },
  weightsManifest: [
    {
      paths: ['w.bin'],
      weights: [{ name: 'w', shape: [1], dtype: 'float32', quantization: { dtype: 'float16' } }],
    },
  ],
};

describe('convertedModel', () => {
  let directory: string;
  const options = (): Parameters<typeof convertedModel>[0] => ({
    source: join(directory, 'model.json'),
    outputs: ['y'],
    cacheDirectory: join(directory, 'cache'),
  });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'model-cache-'));
    await writeFile(join(directory, 'model.json'), JSON.stringify(MODEL));
    await writeFile(join(directory, 'w.bin'), Uint8Array.of(0x00, 0xc1));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('keeps the converted model under the hash of its source and reads half precision', async () => {
    const path = await convertedModel(options());
    const bytes = await readFile(path);
    expect(await convertedModel(options())).toBe(path);
    const weight = Buffer.alloc(4);
    weight.writeFloatLE(-2.5);
    expect(bytes.includes(weight)).toBe(true);
    await writeFile(join(directory, 'w.bin'), Uint8Array.of(0x00, 0x3c));
    expect(await convertedModel(options())).not.toBe(path);
  });

  it('makes a damaged file again and leaves no unfinished ones', async () => {
    const path = await convertedModel(options());
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, 20));
    expect(await convertedModel(options())).toBe(path);
    expect(await readFile(path)).toEqual(whole);
    expect((await readdir(join(directory, 'cache'))).length).toBe(2);
  });

  it('says which cache cannot be written', async () => {
    await copyFile(join(directory, 'w.bin'), join(directory, 'cache'));
    await expect(convertedModel(options())).rejects.toMatchObject({ code: 'store-failed' });
  });

  it('refuses a weight file that ends too early, and one that is missing', async () => {
    await writeFile(join(directory, 'w.bin'), Uint8Array.of(0));
    await expect(convertedModel(options())).rejects.toMatchObject({ code: 'corrupt' });
    await rm(join(directory, 'w.bin'));
    await expect(convertedModel(options())).rejects.toMatchObject({ code: 'not-found' });
  });
});
