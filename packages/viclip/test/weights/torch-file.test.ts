import { readFile } from 'node:fs/promises';

import { describe, expect, it } from '@jest/globals';

import { openTorchFile } from '../../src/weights/torch-file.js';
import { describeWith, shared } from '../shared-files.js';
import { op, pickledTensor, put, workplace, zip } from './drawn-files.js';

const numbers = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

/** What opening an archive with this pickle says. */
async function openingPickle(
  pickle: Uint8Array,
  storage = numbers(1, 2, 3, 4, 5, 6),
): Promise<unknown> {
  return openingBytes(zip({ 'model/data.pkl': pickle, 'model/data/0': storage }));
}

async function openingBytes(bytes: Uint8Array): Promise<unknown> {
  await using folder = await workplace();
  try {
    await using file = await openTorchFile(await put(folder, 'x.pth', bytes));
    return Object.fromEntries(
      await Promise.all(
        [...file.tensors.keys()].map(async (name) => [name, [...(await file.read(name))]] as const),
      ),
    );
  } catch (error) {
    return error;
  }
}

describe('openTorchFile', () => {
  it('reads a tensor where its storage lies', async () => {
    const pickle = pickledTensor({ shape: [2, 3], strides: [3, 1], storageElements: 6 });
    expect(await openingPickle(pickle)).toEqual({ weight: [1, 2, 3, 4, 5, 6] });
  });

  it('reads a transposed tensor and a part of a storage row by row', async () => {
    const turned = pickledTensor({ shape: [3, 2], strides: [1, 3], storageElements: 6 });
    expect(await openingPickle(turned)).toEqual({ weight: [1, 4, 2, 5, 3, 6] });
    const part = pickledTensor({ shape: [2], strides: [1], storageElements: 6, offset: 3 });
    expect(await openingPickle(part)).toEqual({ weight: [4, 5] });
  });

  it.each([
    ['os.system', op.global('os', 'system'), op.text('echo hacked')],
    ['builtins.eval', op.global('builtins', 'eval'), op.text('1')],
    ['torch.load', op.global('torch', 'load'), op.text('x')],
    ['torch.constructor', op.global('torch', 'constructor'), op.text('x')],
    ['__builtin__.getattr', op.global('__builtin__', 'getattr'), op.text('x')],
  ])('refuses the global %s and says so', async (name, global, argument) => {
    const pickle = Buffer.concat([
      op.proto,
      global,
      op.mark,
      argument,
      op.tuple,
      op.reduce,
      op.stop,
    ]);
    expect(await openingPickle(pickle)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(`it names ${name}, which is not allowed`) as unknown,
    });
  });

  it.each([
    ['INST', Buffer.from('(ios\nsystem\n.')],
    ['OBJ', Buffer.from('(o.')],
    ['EXT1', Buffer.from([0x82, 1, 0x2e])],
    ['PERSID', Buffer.from('Pabc\n.')],
    ['LONG4', Buffer.from([0x8b, 0xff, 0xff, 0xff, 0x7f])],
    ['NEWOBJ_EX', Buffer.from([0x92, 0x2e])],
    ['BYTEARRAY8', Buffer.from([0x96, 0, 0, 0, 0, 1, 0, 0, 0])],
  ])('refuses the opcode %s', async (_, pickle) => {
    expect(await openingPickle(pickle)).toMatchObject({
      code: 'corrupt',
      message: expect.stringMatching(/opcode 0x[0-9a-f]+ at byte \d+ is not allowed/) as unknown,
    });
  });

  it.each([
    ['a call of a plain value', Buffer.concat([op.text('x'), op.emptyTuple, op.reduce, op.stop])],
    [
      'a storage that is called',
      Buffer.concat([op.global('torch', 'FloatStorage'), op.emptyTuple, op.reduce, op.stop]),
    ],
    ['a persistent id that is no storage', Buffer.concat([op.text('x'), op.persistent, op.stop])],
    ['a text that is longer than the file', Buffer.from([0x58, 0xff, 0xff, 0xff, 0xff])],
    ['a value that was never kept', Buffer.from([0x68, 7, 0x2e])],
    ['more taken than made', Buffer.from([0x85, 0x2e])],
    [
      'items without a dictionary',
      Buffer.concat([op.int(1), op.int(2), op.int(3), op.setItem, op.stop]),
    ],
    ['an end before the end', Buffer.from([0x80])],
    ['nothing', Buffer.alloc(0)],
    ['no state dict', Buffer.concat([op.int(1), op.stop])],
    ['an empty state dict', Buffer.concat([op.emptyDict, op.stop])],
  ])('refuses a pickle with %s', async (_, pickle) => {
    expect(await openingPickle(pickle)).toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('x.pth') as unknown,
    });
  });

  it.each([
    [
      'repeats a few numbers a billion times',
      { shape: [1_000_000_000, 1000], strides: [0, 0], storageElements: 6 },
    ],
    ['begins before its storage', { shape: [2], strides: [1], storageElements: 6, offset: -1 }],
    ['runs out of its storage', { shape: [2, 3], strides: [3, 2], storageElements: 6 }],
    ['walks backwards', { shape: [3], strides: [-1], storageElements: 6, offset: 2 }],
    [
      'has sizes past exact numbers',
      { shape: [2n ** 40n, 2n ** 40n], strides: [1, 1], storageElements: 6 },
    ],
    ['has fewer strides than sizes', { shape: [2, 3], strides: [1], storageElements: 6 }],
    ['has a negative size', { shape: [-2], strides: [1], storageElements: 6 }],
  ])('refuses a tensor that %s', async (_, tensor) => {
    expect(await openingPickle(pickledTensor(tensor))).toMatchObject({ code: 'corrupt' });
  });

  it('refuses a storage that the archive does not hold in full', async () => {
    const pickle = pickledTensor({ shape: [2 ** 30], strides: [1], storageElements: 2 ** 30 });
    expect(await openingPickle(pickle)).toMatchObject({
      message: expect.stringContaining('storage 0 is missing or too short') as unknown,
    });
  });

  it('refuses archives that are cut off, compressed, doubled or of something else', async () => {
    const pickle = pickledTensor({ shape: [6], strides: [1], storageElements: 6 });
    const whole = zip({ 'model/data.pkl': pickle, 'model/data/0': numbers(1, 2, 3, 4, 5, 6) });
    for (const bytes of [
      whole.subarray(0, whole.length - 30),
      whole.subarray(0, 40),
      zip({ 'model/data.pkl': pickle }, 8),
      zip({ 'readme.txt': Buffer.from('hello') }),
      zip({ 'model/data.pkl': pickle, 'model/byteorder': Buffer.from('big') }),
      Buffer.from('hello'),
      Buffer.alloc(0),
    ]) {
      expect(await openingBytes(bytes)).toMatchObject({ code: 'corrupt' });
    }
  });

  it('refuses a directory that points outside the file', async () => {
    const pickle = pickledTensor({ shape: [6], strides: [1], storageElements: 6 });
    const bytes = zip({ 'model/data.pkl': pickle });
    const end = bytes.lastIndexOf('PK\x05\x06');
    for (const [field, value] of [
      [end + 16, 0xfffffff0],
      [end + 12, 0xfffffff0],
      [bytes.lastIndexOf('PK\x01\x02') + 42, 0x7fffffff],
    ] as const) {
      const broken = Buffer.from(bytes);
      broken.writeUInt32LE(value, field);
      expect(await openingBytes(broken)).toMatchObject({ code: 'corrupt' });
    }
  });
});

describeWith('golden/viclip/tiny', 'openTorchFile on published forms', () => {
  it('names what a training save keeps beside its weights', async () => {
    await using file = await openTorchFile(shared('golden/viclip/tiny/training.pth'));
    expect(file.tensors.size).toBe(75);
    expect(file.beside).toEqual([
      'optimizer',
      'scheduler',
      'scaler',
      'config',
      'epoch',
      'global_step',
    ]);
  });

  it.each(['model.pth', 'model-legacy.pth'])('says that %s was cut off, wherever', async (name) => {
    const whole = await readFile(shared(`golden/viclip/tiny/${name}`));
    for (const share of [0.001, 0.1, 0.5, 0.99, 0.99999]) {
      const found = await openingBytes(whole.subarray(0, Math.floor(whole.length * share)));
      expect(found).toMatchObject({ code: 'corrupt' });
    }
  });
});
