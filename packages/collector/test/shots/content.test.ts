import { describe, expect, it } from '@jest/globals';
import { contentChange, contentDetector, type ContentWeights } from '../../src/shots/content.js';
import { describeWithShared, readJson, readTensor } from '../shared.js';

type Golden = {
  per_frame: Record<string, (number | null)[]>;
  cuts: {
    detector: string;
    threshold: number;
    min_scene_len: number;
    filter_mode: 'merge' | 'suppress';
    weights: [number, number, number, number];
    cuts: number[];
  }[];
};

const FOLDER = 'golden/pyscenedetect/algorithm';
const SEQUENCES = ['drawn_64x36', 'sintel_96x54', 'tears_96x40'];

function weightsOf([hue, saturation, luminance, edges]: [
  number,
  number,
  number,
  number,
]): ContentWeights {
  return { hue, saturation, luminance, edges };
}

function framesOf(
  name: string,
): { index: number; timeMs: number; data: Uint8Array; width: number; height: number }[] {
  const { shape, data } = readTensor(`${FOLDER}/${name}.frames.safetensors`, 'frames');
  const [count, height, width] = shape as [number, number, number];
  const bytes = height * width * 3;
  return Array.from({ length: count }, (_, index) => ({
    index,
    timeMs: index * 40,
    width,
    height,
    data: data.subarray(index * bytes, (index + 1) * bytes),
  }));
}

function cutsOf(name: string, options: Parameters<typeof contentDetector>[0]): number[] {
  const detection = contentDetector(options).start();
  for (const { index, timeMs, width, height, data } of framesOf(name)) {
    detection.push({ index, timeMs, picture: { width, height, data, format: 'rgb24' } });
  }
  return detection.finish().map((boundary) => boundary.startFrame);
}

describeWithShared.each(SEQUENCES)(
  'the content detector against PySceneDetect 0.7.2 on %s',
  (name) => {
    const golden = readJson(`${FOLDER}/${name}.json`) as Golden;

    it('measures the same hue, saturation, luminance and edge changes', () => {
      const measure = contentChange({ hue: 1, saturation: 1, luminance: 1, edges: 1 });
      const measured = framesOf(name).map(({ data, width, height }) => ({
        ...measure(data, width, height),
      }));
      const names = {
        hue: 'delta_hue',
        saturation: 'delta_sat',
        luminance: 'delta_lum',
        edges: 'delta_edges',
      } as const;
      for (const [own, theirs] of Object.entries(names) as [keyof typeof names, string][]) {
        for (const [index, expected] of golden.per_frame[theirs]!.entries()) {
          if (expected === null) continue;
          // Integer sums over a division: only the rounding of the golden's seven digits is left.
          expect(Math.abs(measured[index]![own] - expected)).toBeLessThanOrEqual(
            1e-6 * Math.abs(expected),
          );
        }
      }
    });

    it('finds the same cuts for every threshold, filter and weighting', () => {
      const cases = golden.cuts.filter(({ detector }) => detector === 'content');
      expect(cases.length).toBeGreaterThan(10);
      for (const {
        threshold,
        min_scene_len: minShotFrames,
        filter_mode: flashes,
        weights,
        cuts,
      } of cases) {
        const settings = { threshold, minShotFrames, flashes, weights: weightsOf(weights) };
        expect({ settings, cuts: cutsOf(name, settings) }).toEqual({ settings, cuts });
      }
    });
  },
);

describe('the content detector', () => {
  it('gives a boundary at the threshold half confidence, and a stronger one more', () => {
    const picture = (level: number) => ({
      width: 1,
      height: 1,
      format: 'rgb24' as const,
      data: Uint8Array.of(level, level, level),
    });
    const detection = contentDetector({ threshold: 10, minShotFrames: 0 }).start();
    [0, 30, 255].forEach((level, index) =>
      detection.push({ index, timeMs: index * 40, picture: picture(level) }),
    );
    const [weak, strong] = detection.finish();
    expect(weak!.confidence).toBeCloseTo(0.5, 10);
    expect(strong!.confidence).toBeCloseTo(75 / 85, 10);
  });

  it('refuses a threshold of zero and weights that add up to nothing', () => {
    expect(() => contentDetector({ threshold: 0 })).toThrow(RangeError);
    const weights = { hue: 0, saturation: 0, luminance: 0, edges: 0 };
    expect(() => contentDetector({ weights })).toThrow('options.weights');
  });
});
