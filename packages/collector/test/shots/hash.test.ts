import { describe, expect, it } from '@jest/globals';
import { hashDetector, perceptualHash } from '../../src/shots/hash.js';
import { describeWithShared } from '../shared.js';
import {
  casesOf,
  SEQUENCES,
  sequenceCuts,
  sequenceFrames,
  sequenceGolden,
} from './pyscenedetect.js';

type Case = {
  readonly threshold: number;
  readonly size: number;
  readonly lowpass: number;
  readonly min_scene_len: number;
};

function hashesOf(name: string, size: number): readonly Uint8Array[] {
  const frames = sequenceFrames(name);
  const { width, height } = frames[0]!.picture;
  const hash = perceptualHash({ width, height, size, lowpass: 2 });
  return frames.map(({ picture }) => hash(picture.data));
}

function toHex(bits: Uint8Array): string {
  const digits = Array.from({ length: bits.length / 4 }, (_, at) =>
    parseInt(bits.subarray(at * 4, at * 4 + 4).join(''), 2).toString(16),
  );
  return digits.join('');
}

describeWithShared.each(SEQUENCES)(
  'the hash detector against PySceneDetect 0.7.2 on %s',
  (name) => {
    it('computes the same bits', () => {
      expect(hashesOf(name, 8).map(toHex)).toEqual(
        sequenceGolden(name).hash_bits_size8_lowpass2_hex,
      );
    });

    it.each([8, 16])('computes the same distances of hashes of %d bits a side', (size) => {
      const hashes = hashesOf(name, size);
      const distances = hashes.slice(1).map((bits, at) => {
        const unequal = bits.filter((bit, place) => bit !== hashes[at]![place]);
        return Number((unequal.length / bits.length).toPrecision(7));
      });
      expect([null, ...distances]).toEqual(
        sequenceGolden(name).per_frame[`hash_distance_size${size}_lowpass2`],
      );
    });

    it('finds the same cuts for every threshold, size and shortest shot', async () => {
      const cases = casesOf<Case>(name, 'hash');
      expect(cases).toHaveLength(4);
      for (const { threshold, size, lowpass, min_scene_len, cuts } of cases) {
        const detector = hashDetector({ threshold, size, lowpass, minShotFrames: min_scene_len });
        const found = await sequenceCuts(name, detector);
        expect([detector.producer.config, found]).toEqual([detector.producer.config, cuts]);
      }
    });
  },
);

describe('the hash detector', () => {
  it('is blind to brightness and sees structure', () => {
    const hash = perceptualHash({ width: 16, height: 16, size: 8, lowpass: 2 });
    let seed = 7;
    const texture = Uint8Array.from({ length: 256 }, () => (seed = (seed * 75) % 65537) & 127);
    const grey = (factor: number, turn: number): Uint8Array =>
      Uint8Array.from({ length: 768 }, (_, at) => {
        const pixel = Math.floor(at / 3);
        return factor * texture[(pixel + turn) % 256]!;
      });
    expect(hash(grey(2, 0))).toEqual(hash(grey(1, 0)));
    expect(hash(grey(1, 100))).not.toEqual(hash(grey(1, 0)));
  });

  it('takes pictures that are smaller than the hash', () => {
    const hash = perceptualHash({ width: 1, height: 3, size: 8, lowpass: 2 });
    const bits = hash(Uint8Array.of(0, 0, 0, 90, 90, 90, 200, 200, 200));
    // Brighter downwards: the lowest vertical frequency is negative, the mean positive.
    expect([bits[0], bits[8]]).toEqual([1, 0]);
  });

  it('refuses a hash of one bit', () => {
    expect(() => hashDetector({ size: 1 })).toThrow('options.size');
    expect(() => hashDetector({ lowpass: 0 })).toThrow('options.lowpass');
    expect(() => hashDetector({ threshold: 1.1 })).toThrow('options.threshold');
  });
});
