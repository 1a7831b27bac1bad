import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import { findFaces } from '../src/faces.js';
import type { ManyTensorsModel, Tensor } from '../src/tensor-model.js';

const picture: Picture = {
  width: 512,
  height: 256,
  format: 'rgb24',
  data: new Uint8Array(512 * 256 * 3).fill(255),
};

type Candidate = { readonly grid: 512 | 384; readonly at: number; readonly logit: number };

/** A network that sees 32 x 64 pixels about the anchors of its candidates. */
function drawn(candidates: readonly Candidate[]): ManyTensorsModel & { input?: Tensor } {
  const outputs = [512, 384].flatMap((count) => {
    const logits = new Float32Array(count).fill(-10);
    const boxes = new Float32Array(count * 16);
    for (const { grid, at, logit } of candidates) {
      if (grid !== count) continue;
      logits[at] = logit;
      boxes.set([0, 0, 32, 64], at * 16);
    }
    return [
      { data: boxes, shape: [1, count, 16] },
      { data: logits, shape: [1, count, 1] },
    ];
  });
  return {
    runAll(input) {
      this.input = input;
      return Promise.resolve(outputs);
    },
  };
}

describe('findFaces', () => {
  it('gives the place of a face in the picture, whatever bars the network saw', async () => {
    // Third anchor place of the ninth row of 16: x 40, y 136 of the square, of which the picture has the middle 128 rows.
    const model = drawn([{ grid: 512, at: (8 * 16 + 2) * 2, logit: 4 }]);
    const [face, ...others] = await findFaces(picture, model);
    expect(others).toEqual([]);
    expect(face?.confidence).toBeCloseTo(1 / (1 + Math.exp(-4)));
    const [left, top, width, height] = face!.box;
    expect([left * 256, top * 128, width * 256, height * 128]).toEqual([24, 40, 32, 64]);
  });

  it('shows the network the picture with black bars, as numbers from -1 to 1', async () => {
    const model = drawn([]);
    await findFaces(picture, model);
    expect(model.input?.shape).toEqual([1, 256, 256, 3]);
    const level = (row: number): number | undefined => model.input?.data[row * 256 * 3];
    expect([level(0), level(63), level(64), level(191), level(192)]).toEqual([-1, -1, 1, 1, -1]);
  });

  it('takes what overlaps for one face, the surest, and leaves out the unsure', async () => {
    const model = drawn([
      { grid: 512, at: 0, logit: 2 },
      { grid: 512, at: 1, logit: 3 },
      { grid: 384, at: 200, logit: 1 },
      { grid: 384, at: 300, logit: -0.1 },
    ]);
    const faces = await findFaces(picture, model);
    expect(faces.map(({ confidence }) => confidence.toFixed(2))).toEqual(['0.95', '0.73']);
  });
});
