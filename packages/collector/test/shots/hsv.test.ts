import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import openWabt from 'wabt';
import { KERNEL } from '../../src/shots/hsv-kernel.js';
import { hsvPlanes, type HsvDifference } from '../../src/shots/hsv.js';

// Bound once: inside Jest each look-up of a global costs a call, and there are 16.7 million colours.
const { max, min, round } = Math;

const SHIFT = 12;
const HALF = 1 << (SHIFT - 1);

/** OpenCV's 8-bit conversion, written for one colour and with its tables as divisions. */
function hsvOf(r: number, g: number, b: number): [hue: number, saturation: number, value: number] {
  const v = max(r, g, b);
  const d = v - min(r, g, b);
  if (d === 0) return [0, 0, v];
  const s = (d * round((255 << SHIFT) / v) + HALF) >> SHIFT;
  const sector = v === r ? g - b : v === g ? b - r + 2 * d : r - g + 4 * d;
  const h = (sector * round((180 << SHIFT) / (6 * d)) + HALF) >> SHIFT;
  return [h < 0 ? h + 180 : h, s, v];
}

function difference(): HsvDifference {
  return { hue: 0, saturation: 0, value: 0 };
}

describe('the planes of hue, saturation and value', () => {
  it('come from the conversion of OpenCV for all colours', () => {
    const rows = 256;
    const planes = hsvPlanes(rows * 256);
    const rgb = new Uint8Array(rows * 256 * 3);
    const black = new Uint8Array(rgb.length);
    const wrong: number[] = [];
    for (let r = 0; r < 256; r++) {
      const expected = difference();
      for (let gb = 0; gb < rows * 256; gb++) {
        rgb[gb * 3] = r;
        rgb[gb * 3 + 1] = gb >> 8;
        rgb[gb * 3 + 2] = gb & 255;
        const [h, s, v] = hsvOf(r, gb >> 8, gb & 255);
        expected.hue += h;
        expected.saturation += s;
        expected.value += v;
      }
      const sums = difference();
      planes.replace(rgb, sums);
      if (JSON.stringify(sums) !== JSON.stringify(expected)) wrong.push(r);
      planes.replace(black, sums);
      if (JSON.stringify(sums) !== JSON.stringify(expected)) wrong.push(r);
    }
    expect(wrong).toEqual([]);
  });

  it('differ pixel by pixel, however many pixels there are', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48271) % 0x7fffffff) & 255;
    for (const pixels of [1, 5, 15, 16, 17, 100]) {
      const planes = hsvPlanes(pixels);
      let before = new Uint8Array(pixels * 3);
      for (let frame = 0; frame < 50; frame++) {
        const rgb = Uint8Array.from({ length: pixels * 3 }, random);
        const expected = difference();
        for (let at = 0; at < rgb.length; at += 3) {
          const [h0, s0, v0] = hsvOf(before[at]!, before[at + 1]!, before[at + 2]!);
          const [h1, s1, v1] = hsvOf(rgb[at]!, rgb[at + 1]!, rgb[at + 2]!);
          expected.hue += Math.abs(h1 - h0);
          expected.saturation += Math.abs(s1 - s0);
          expected.value += Math.abs(v1 - v0);
        }
        const sums = difference();
        planes.replace(rgb, sums);
        expect(sums).toEqual(expected);
        before = rgb;
      }
    }
  });

  it('are independent of those made before', () => {
    const sums = difference();
    hsvPlanes(16).replace(new Uint8Array(48).fill(200), sums);
    const planes = hsvPlanes(16);
    planes.replace(new Uint8Array(48).fill(100), sums);
    expect(sums).toEqual({ hue: 0, saturation: 0, value: 1600 });
    expect([...planes.value]).toEqual(Array.from({ length: 16 }, () => 100));
  });

  it('run the bytes that their source compiles to', async () => {
    const source = new URL('../../src/shots/hsv.wat', import.meta.url);
    const wabt = await openWabt();
    const { buffer } = wabt.parseWat('hsv.wat', await readFile(source, 'utf8')).toBinary({});
    expect(KERNEL).toBe(Buffer.from(buffer).toString('base64'));
  });
});
