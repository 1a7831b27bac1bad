import { describe, expect, it } from '@jest/globals';
import { findObjects } from '../src/objects.js';
import type { Tensor, TensorModel } from '../src/tensor-model.js';

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

  it('shows the network the picture in its own shape and gives boxes in shares of the picture', async () => {
    const asked: Tensor[] = [];
    const model: TensorModel = {
      run(input) {
        asked.push(input);
        const data = Float32Array.from([-20, 192, 256, 600, 0.5, 2]);
        return Promise.resolve({ data, shape: [1, 1, 6] });
      },
    };
    const white = { ...picture, data: new Uint8Array(24).fill(255) };
    const [found] = await findObjects(white, model);
    // Of 512 rows the middle 256 are the picture.
    const row = (at: number): number | undefined => asked[0]?.data[at * 512 * 3];
    expect([row(127), row(128), row(383), row(384)]).toEqual([0, 255, 255, 0]);
    expect(found).toEqual({ label: 'car', confidence: 0.5, box: [0, 0.25, 0.5, 0.75] });
  });

  it('gives no name but a person to what was drawn in one colour', async () => {
    const [side, red] = [512, [200, 40, 40]];
    const data = new Uint8Array(side * side * 3).map((_, at) => {
      const [x, y] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
      const isDisc = Math.hypot(x - 128, y - 128) < 60;
      return isDisc ? (red[at % 3] ?? 0) : 60 + ((x * 7 + y * 13) % 90);
    });
    const drawn = { width: side, height: side, format: 'rgb24', data } as const;
    const disc = [68, 68, 188, 188, 0.7] as const;
    const found = await findObjects(
      drawn,
      answering([...disc, 29], [...disc.slice(0, 4), 0.5, 0], [300, 300, 420, 420, 0.6, 29]),
    );
    expect(found.map(({ label, confidence }) => `${label} ${confidence.toFixed(1)}`)).toEqual([
      'frisbee 0.6',
      'person 0.5',
    ]);
  });

  it('leaves out what is hardly better than chance', async () => {
    expect(await findObjects(picture, answering([0, 0, 9, 9, 0.19, 0]))).toEqual([]);
  });
});
