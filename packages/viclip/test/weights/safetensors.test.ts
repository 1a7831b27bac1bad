import { describe, expect, it } from '@jest/globals';

import { openSafetensors } from '../../src/weights/safetensors.js';
import { writeTensors } from '../../src/weights/write-tensors.js';
import { put, safetensors, workplace } from './drawn-files.js';

async function opening(bytes: Uint8Array): Promise<unknown> {
  await using folder = await workplace();
  try {
    await using file = await openSafetensors(await put(folder, 'x.safetensors', bytes));
    return [...file.tensors.keys()];
  } catch (error) {
    return error;
  }
}

const tensor = (shape: unknown, offsets: unknown, dtype: unknown = 'F32'): unknown => ({
  dtype,
  shape,
  data_offsets: offsets,
});
const body = new Uint8Array(16);

describe('openSafetensors', () => {
  it('reads every element type as numbers', async () => {
    await using folder = await workplace();
    const half = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00);
    const brain = Uint16Array.of(0x3f80, 0xc000);
    const path = await put(
      folder,
      'types.safetensors',
      safetensors(
        {
          half: tensor([4], [0, 8], 'F16'),
          brain: tensor([2], [8, 12], 'BF16'),
          whole: tensor([1], [12, 20], 'I64'),
          one: tensor([], [20, 24], 'F32'),
        },
        Buffer.concat(
          [half, brain, BigInt64Array.of(-7n), Float32Array.of(0.1)].map(({ buffer }) =>
            Buffer.from(buffer),
          ),
        ),
      ),
    );
    await using file = await openSafetensors(path);
    expect([...(await file.read('half'))]).toEqual([1, -2, 2 ** -24, Infinity]);
    expect([...(await file.read('brain'))]).toEqual([1, -2]);
    expect([...(await file.read('whole'))]).toEqual([-7]);
    expect([...(await file.read('one'))]).toEqual([Math.fround(0.1)]);
    await expect(file.read('other')).rejects.toThrow(RangeError);
  });

  it.each([
    ['is empty', new Uint8Array()],
    ['ends inside its first number', new Uint8Array(5)],
    ['says that its header is 2^63 bytes long', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80)],
    ['says that its header is longer than the file', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 0x7b)],
    ['has a header that is no JSON', safetensors('{"a":')],
    ['has a header that is a list', safetensors('[]')],
    [
      'has a header with bytes that are no text',
      Buffer.concat([safetensors('ab').subarray(0, 8), Buffer.from([0xff, 0xfe])]),
    ],
    ['names an unknown type', safetensors({ a: tensor([4], [0, 16], 'F31') }, body)],
    [
      'names a type that objects have',
      safetensors({ a: tensor([4], [0, 16], 'constructor') }, body),
    ],
    ['has a negative size', safetensors({ a: tensor([-4], [0, 16]) }, body)],
    ['has a size that is no number', safetensors({ a: tensor(['4'], [0, 16]) }, body)],
    ['has sizes past exact numbers', safetensors({ a: tensor([2 ** 40, 2 ** 40], [0, 16]) }, body)],
    ['has forty dimensions', safetensors({ a: tensor(new Array(40).fill(1), [0, 4]) }, body)],
    ['has more elements than bytes', safetensors({ a: tensor([5], [0, 16]) }, body)],
    ['has a tensor that ends before it begins', safetensors({ a: tensor([4], [16, 0]) }, body)],
    ['has a tensor outside the file', safetensors({ a: tensor([2 ** 30], [0, 2 ** 32]) }, body)],
    ['has a tensor without a place', safetensors({ a: { dtype: 'F32', shape: [4] } }, body)],
    [
      'has tensors that overlap',
      safetensors({ a: tensor([4], [0, 16]), b: tensor([2], [8, 16]) }, body),
    ],
    ['has a gap', safetensors({ a: tensor([2], [0, 8]), b: tensor([1], [12, 16]) }, body)],
    ['has bytes that belong to nothing', safetensors({ a: tensor([2], [0, 8]) }, body)],
    ['was cut off', safetensors({ a: tensor([4], [0, 16]) }, body.subarray(0, 15))],
  ])('refuses a file that %s', async (_, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(await opening(bytes)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('x.safetensors') as unknown,
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });

  it('takes a tensor called __proto__ for a tensor', async () => {
    const header = `{"__proto__":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`;
    expect(await opening(safetensors(header, body))).toEqual(['__proto__']);
  });

  it('says that a file is not there', async () => {
    await expect(openSafetensors('/nowhere/x.safetensors')).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('writeTensors', () => {
  it('writes what is read back, and its own hash and places', async () => {
    await using folder = await workplace();
    const path = `${folder.path}/new/x.safetensors`;
    const values = Float32Array.of(1, -2.5, 3);
    const read = async (): Promise<Uint8Array> => new Uint8Array(values.buffer);
    const seen: number[] = [];
    const written = await writeTensors(path, [{ name: 'a/ü', type: 'F32', shape: [3], read }], {
      metadata: { made: 'here' },
      onProgress: ({ bytesDone, bytesTotal }) => seen.push(bytesDone / bytesTotal),
    });
    await using file = await openSafetensors(path);
    expect([...(await file.read('a/ü'))]).toEqual([...values]);
    expect(file.metadata).toEqual({ made: 'here' });
    expect(file.tensors).toEqual(written.places);
    expect(file.bytes).toBe(written.bytes);
    expect(seen.at(-1)).toBe(1);
  });

  it('leaves nothing behind when a tensor cannot be read', async () => {
    await using folder = await workplace();
    const path = `${folder.path}/x.safetensors`;
    const read = (): Promise<Uint8Array> => Promise.reject(new Error('gone'));
    const tensors = [{ name: 'a', type: 'F32', shape: [3], read }] as const;
    await expect(writeTensors(path, tensors)).rejects.toThrow('gone');
    const { readdir } = await import('node:fs/promises');
    expect(await readdir(folder.path)).toEqual([]);
  });
});
