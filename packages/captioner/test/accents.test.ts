import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import { accentsOf } from '../src/accents.js';

/** A grey wall of 20 x 10 pixels, and a block of one colour from `left` on, four pixels wide and high, at the top. */
function wall(left: number, block: readonly [red: number, green: number, blue: number]): Picture {
  const data = new Uint8Array(20 * 10 * 3).fill(120);
  for (let y = 0; y < 4; y++)
    for (let x = left; x < left + 4; x++) data.set(block, (y * 20 + x) * 3);
  return { width: 20, height: 10, format: 'rgb24', data };
}

describe('accentsOf', () => {
  it('gives the share, the middle and the reach of a strong colour', () => {
    const [red, ...others] = accentsOf(wall(10, [200, 20, 20]));
    expect(others).toEqual([]);
    expect(red).toMatchObject({ name: 'red', share: 16 / 200 });
    expect(red?.at[0]).toBeCloseTo(12 / 20);
    expect(red?.at[1]).toBeCloseTo(2 / 10);
    expect(red?.spread[0]).toBeCloseTo(Math.sqrt(5 / 4) / 20);
    expect(red?.spread[1]).toBeCloseTo(Math.sqrt(5 / 4) / 10);
  });

  it('takes dark red paint for strong, and neither skin nor a pale sky', () => {
    expect(accentsOf(wall(0, [110, 12, 34])).map(({ name }) => name)).toEqual(['red']);
    expect(accentsOf(wall(0, [224, 172, 150]))).toEqual([]);
    expect(accentsOf(wall(0, [150, 190, 230]))).toEqual([]);
  });

  it('leaves out specks', () => {
    const speck = wall(0, [120, 120, 120]);
    speck.data.set([200, 20, 20], 0);
    expect(accentsOf(speck)).toEqual([]);
  });
});
