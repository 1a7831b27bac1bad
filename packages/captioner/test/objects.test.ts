import { describe, expect, it } from '@jest/globals';
import { findObjects } from '../src/objects.js';
import type { TensorModel } from '../src/tensor-model.js';

/** A detector that always answers with these rows. */
const answering = (...rows: number[][]): TensorModel => ({
  run: () => Promise.resolve({ data: Float32Array.from(rows.flat()), shape: [1, rows.length, 6] }),
});
const picture = { width: 4, height: 2, format: 'rgb24', data: new Uint8Array(24) } as const;

describe('findObjects', () => {
  it('keeps the best of boxes of one class that overlap, and boxes that lie apart', async () => {
    const found = await findObjects(
      picture,
      answering(
        [0, 0, 256, 256, 0.5, 0],
        [10, 0, 256, 256, 0.75, 0],
        [300, 300, 400, 400, 0.25, 0],
      ),
    );
    expect(found.map(({ confidence }) => confidence)).toEqual([0.75, 0.25]);
  });

  it('gives one box one name, the likelier', async () => {
    const found = await findObjects(
      picture,
      answering([0, 0, 256, 256, 0.5, 15], [0, 0, 256, 256, 0.375, 59]),
    );
    expect(found.map(({ label }) => label)).toEqual(['cat']);
  });

  it('cuts boxes at the edge of the picture and gives them in shares of it', async () => {
    const [found] = await findObjects(picture, answering([-20, 128, 256, 600, 0.5, 2]));
    expect(found).toEqual({ label: 'car', confidence: 0.5, box: [0, 0.25, 0.5, 0.75] });
  });

  it('leaves out what is hardly better than chance', async () => {
    expect(await findObjects(picture, answering([0, 0, 9, 9, 0.19, 0]))).toEqual([]);
  });
});
