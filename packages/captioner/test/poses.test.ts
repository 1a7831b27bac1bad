import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import type { FoundObject } from '../src/objects.js';
import { findPose, withPose } from '../src/poses.js';
import type { Tensor, TensorModel } from '../src/tensor-model.js';

const picture: Picture = {
  width: 400,
  height: 200,
  format: 'rgb24',
  data: new Uint8Array(400 * 200 * 3).fill(200),
};

/** A network that finds every joint at one place of its square. */
function network(y: number, x: number): TensorModel & { inputs: Tensor[] } {
  return {
    inputs: [],
    run(input) {
      this.inputs.push(input);
      const data = Float32Array.from({ length: 51 }, (_, at) => [y, x, 0.75][at % 3] ?? 0);
      return Promise.resolve({ data, shape: [1, 1, 17, 3] });
    },
  };
}

const person: FoundObject = { label: 'person', confidence: 0.6, box: [0.5, 0.1, 0.1, 0.8] };

describe('findPose', () => {
  it('gives joints in heights of the picture, from a square somewhat larger than the person', async () => {
    // The person is 160 pixels high, the square 200, its middle at (220, 100) of 400 x 200.
    const { nose, leftAnkle } = await findPose(picture, person.box, network(0.25, 0.6));
    expect(nose.x).toBeCloseTo((220 + 0.1 * 200) / 200);
    expect(nose.y).toBeCloseTo((100 - 0.25 * 200) / 200);
    expect(leftAnkle.confidence).toBe(0.75);
  });

  it('shows the network black where the square reaches beyond the picture', async () => {
    const model = network(0, 0);
    await findPose(picture, [0, 0, 0.1, 0.8], model);
    const [input] = model.inputs;
    expect(input?.shape).toEqual([1, 192, 192, 3]);
    const level = (x: number, y: number): number | undefined => input?.data[(y * 192 + x) * 3];
    expect([level(0, 96), level(150, 96), level(150, 2)]).toEqual([0, 200, 0]);
  });
});

describe('withPose', () => {
  it('gives joints to the surest person alone', async () => {
    const second = { ...person, confidence: 0.5 };
    const dog = { ...person, label: 'dog', confidence: 0.9 };
    const [first, ...others] = await withPose(picture, [dog, person, second], network(0.5, 0.5));
    expect(first).toEqual(dog);
    expect(others[0]?.pose?.nose.confidence).toBe(0.75);
    expect(others[1]).toEqual(second);
  });

  it('does not look at people that are small or unsure', async () => {
    const model = network(0.5, 0.5);
    const small: FoundObject = { ...person, box: [0.5, 0.1, 0.1, 0.19] };
    expect(await withPose(picture, [small], model)).toEqual([small]);
    const unsure = { ...person, confidence: 0.2 };
    expect(await withPose(picture, [unsure], model)).toEqual([unsure]);
    expect(model.inputs).toEqual([]);
  });
});
