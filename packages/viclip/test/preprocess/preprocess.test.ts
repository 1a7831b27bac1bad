import { readFileSync } from 'node:fs';

import { decodeJpeg } from '@internvid/core/media';
import { describe, expect, it } from '@jest/globals';

import { middleFrames, strideFrames } from '../../src/preprocess/frame-choice.js';
import { PREPROCESSINGS, preprocess, squarePixels } from '../../src/preprocess/preprocess.js';
import { describeWith, plain, shared, sharedJson } from '../shared-files.js';

const GOLDEN = 'golden/viclip/preprocess';

type Rows = readonly (readonly number[])[];
type Indices = {
  readonly middle: Readonly<Record<string, Rows>>;
  readonly middle_long: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
  readonly middle_float_traps: readonly {
    readonly num_frames: number;
    readonly vlen: number;
    readonly indices: readonly number[];
  }[];
  readonly demo_stride_8: Rows;
};

describeWith(GOLDEN, 'the choice of frames against the published one', () => {
  it('is the middle of each stretch for every length', () => {
    const { middle, middle_long, middle_float_traps } = sharedJson(
      `${GOLDEN}/indices.json`,
    ) as Indices;
    for (const [count, rows] of Object.entries(middle)) {
      expect(rows.map((_, index) => middleFrames(Number(count), index + 1))).toEqual(rows);
    }
    for (const [count, rows] of Object.entries(middle_long)) {
      for (const [length, row] of Object.entries(rows)) {
        expect(middleFrames(Number(count), Number(length))).toEqual(row);
      }
    }
    for (const { num_frames, vlen, indices } of middle_float_traps) {
      expect(middleFrames(num_frames, vlen)).toEqual(indices);
    }
  });

  it('is every so many frames in the demonstration', () => {
    const { demo_stride_8: rows } = sharedJson(`${GOLDEN}/indices.json`) as Indices;
    expect(rows.map((_, index) => strideFrames(8, index + 8))).toEqual(rows);
  });
});

describe('the choice of frames', () => {
  it('refuses a video without frames, and one too short for strides', () => {
    expect(() => middleFrames(8, 0)).toThrow(/length must be/);
    expect(() => strideFrames(8, 7)).toThrow(/at least count \(8\), got 7/);
  });
});

describeWith(GOLDEN, 'the pixels against the published ones', () => {
  const frames = ['city_20', 'city_150', 'cat_10', 'cat_120', 'steel_40', 'steel_300'];
  const antialiased = { fit: 'squash', filter: 'antialiased-bicubic' } as const;
  // Shares of values that may differ, and by how much, as the README of the reference states for each path.
  const paths = [
    ['published', PREPROCESSINGS.viclip, 0.001, 1],
    ['demo', PREPROCESSINGS['viclip-demo'], 0.15, 1],
    ['clip', PREPROCESSINGS.clip, 0, 0],
    ['pil_squash', antialiased, 0, 0],
  ] as const;

  it.each(paths)('are those of the path %s', async (path, preprocessing, share, most) => {
    const read = tensors(`${GOLDEN}/pixels.safetensors`);
    for (const frame of frames) {
      const picture = await decodeJpeg(readFileSync(shared(`${GOLDEN}/${frame}.png`)));
      const pixels = squarePixels(picture, 224, preprocessing);
      const expected = read(`${frame}.${path}`);
      const differences = Array.from(pixels, (value, at) =>
        Math.abs(value - (expected[(at % 3) * 224 * 224 + Math.floor(at / 3)] ?? Number.NaN)),
      ).filter((difference) => difference !== 0);
      expect(Math.max(0, ...differences)).toBeLessThanOrEqual(most);
      expect(differences.length / pixels.length).toBeLessThanOrEqual(share);
    }
  });

  it.each([
    ['published', PREPROCESSINGS.viclip, 0.001],
    ['clip', PREPROCESSINGS.clip, 0],
  ] as const)('are normalised as on the path %s', async (path, preprocessing, share) => {
    const picture = await decodeJpeg(readFileSync(shared(`${GOLDEN}/city_20.png`)));
    const bytes = tensors(`${GOLDEN}/normalised.safetensors`)(`city_20.${path}`);
    const expected = new Float32Array(Uint8Array.from(bytes).buffer);
    const values = preprocess([picture], 224, preprocessing);
    const wrong = values.filter((value, at) => Math.abs(value - (expected[at] ?? NaN)) > 1e-6);
    expect(wrong.length / values.length).toBeLessThanOrEqual(share);
  });
});

describe('preprocess', () => {
  it('puts picture after picture, plane after plane', () => {
    const values = preprocess([plain([255, 0, 0]), plain([0, 0, 255])], 4);
    const { mean, deviation } = PREPROCESSINGS.viclip;
    expect(values).toHaveLength(2 * 3 * 16);
    expect(values[0]).toBeCloseTo((1 - mean[0]) / deviation[0], 6);
    expect(values[16]).toBeCloseTo(-mean[1] / deviation[1], 6);
    expect(values[48]).toBeCloseTo(-mean[0] / deviation[0], 6);
    expect(values[48 + 32]).toBeCloseTo((1 - mean[2]) / deviation[2], 6);
  });

  it('writes into an array of the right length alone', () => {
    const into = new Float32Array(48);
    expect(preprocess([plain([9, 9, 9])], 4, PREPROCESSINGS.viclip, into)).toBe(into);
    expect(() => preprocess([plain([9, 9, 9])], 5, PREPROCESSINGS.viclip, into)).toThrow(
      /48 numbers; 1 x 3 x 5 x 5/,
    );
  });

  it('cuts the centre out of a wide and of a tall picture', () => {
    const { fit, filter } = PREPROCESSINGS.clip;
    for (const size of [
      { width: 30, height: 10 },
      { width: 10, height: 30 },
    ]) {
      const picture = plain([0, 0, 0], size);
      const isWide = size.width > size.height;
      for (let at = 0; at < picture.data.length; at++) {
        const pixel = Math.floor(at / 3);
        const along = isWide ? pixel % size.width : Math.floor(pixel / size.width);
        picture.data[at] = along >= 10 && along < 20 ? 200 : 0;
      }
      expect(new Set(squarePixels(picture, 10, { fit, filter }))).toEqual(new Set([200]));
    }
  });
});

/** Bytes of the tensors of a safetensors file. */
function tensors(path: string): (name: string) => Uint8Array {
  const file = readFileSync(shared(path));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, start).toString('utf8')) as Record<
    string,
    { readonly data_offsets: readonly [number, number] }
  >;
  return (name) => {
    const [from, to] = header[name]!.data_offsets;
    return file.subarray(start + from, start + to);
  };
}
