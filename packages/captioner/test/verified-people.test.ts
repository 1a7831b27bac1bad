import { describe, expect, it } from '@jest/globals';
import type { Picture } from '@internvid/core/media';
import type { FoundObject } from '../src/objects.js';
import type { TensorModel } from '../src/tensor-model.js';
import { verifiedPeople } from '../src/verified-people.js';

const picture: Picture = {
  width: 64,
  height: 48,
  format: 'rgb24',
  data: new Uint8Array(64 * 48 * 3),
};
const person: FoundObject = { label: 'person', confidence: 0.4, box: [0.2, 0.1, 0.5, 0.8] };

/** A network that gives so many joints this confidence, and the others hardly any. */
function network(count: number, confidence: number): TensorModel & { asked: number } {
  return {
    asked: 0,
    run() {
      this.asked++;
      const data = new Float32Array(17 * 3).fill(0.05);
      for (let at = 0; at < count; at++) data[at * 3 + 2] = confidence;
      return Promise.resolve({ data, shape: [1, 1, 17, 3] });
    },
  };
}

describe('verifiedPeople', () => {
  it('drops a large and unsure person without joints, and keeps one with them', async () => {
    const found = { objects: [person], faces: [] };
    expect(await verifiedPeople(picture, found, network(3, 0.9))).toEqual([]);
    expect(await verifiedPeople(picture, found, network(17, 0.29))).toEqual([]);
    expect(await verifiedPeople(picture, found, network(4, 0.4))).toEqual([person]);
  });

  it('keeps a person whose face is sure', async () => {
    const face = { confidence: 0.9, box: [0.4, 0.2, 0.1, 0.2] } as const;
    const poses = network(0, 0);
    const kept = await verifiedPeople(picture, { objects: [person], faces: [face] }, poses);
    expect(kept).toEqual([person]);
    const elsewhere = { ...face, box: [0.9, 0.2, 0.1, 0.2] } as const;
    const without = { objects: [person], faces: [elsewhere] };
    expect(await verifiedPeople(picture, without, poses)).toEqual([]);
  });

  it('does not look at what is sure, small, hardly found or no person', async () => {
    const objects: FoundObject[] = [
      { ...person, confidence: 0.7 },
      { ...person, confidence: 0.21 },
      { ...person, box: [0.2, 0.1, 0.2, 0.3] },
      { ...person, label: 'dog' },
    ];
    const poses = network(0, 0);
    expect(await verifiedPeople(picture, { objects, faces: [] }, poses)).toEqual(objects);
    expect(poses.asked).toBe(0);
  });
});
