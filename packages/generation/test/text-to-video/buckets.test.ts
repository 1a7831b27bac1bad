import { describe, expect, it } from '@jest/globals';

import { bucketRules, placeClip, type BucketRules, type ClipShape } from '../../src/index.js';

const shape = (width: number, height: number, more: Partial<ClipShape> = {}): ClipShape => ({
  area: { left: 0, top: 0, width, height },
  durationMs: 10_000,
  fps: 25,
  ...more,
});

function placed(of: ClipShape, rules: BucketRules = {}): string {
  const found = placeClip(of, bucketRules(rules));
  return typeof found === 'string' ? found : found.bucket.id;
}

describe('placeClip', () => {
  it.each([
    [1920, 1080, '1904x1072-121f-24fps'],
    [1280, 720, '1280x720-121f-24fps'],
    [720, 1280, '720x1280-121f-24fps'],
    [640, 480, '640x480-121f-24fps'],
    [1000, 1000, '720x720-121f-24fps'],
    [432, 240, '432x240-121f-24fps'],
  ])('puts %d x %d where nothing is enlarged', (width, height, bucket) => {
    expect(placed(shape(width, height))).toBe(bucket);
  });

  it('changes from one shape to the next at the geometric mean of their ratios', () => {
    const between = Math.sqrt((16 / 9) * (4 / 3));
    expect(placed(shape(Math.ceil(between * 2000), 2000))).toMatch(/^1904x1072|^1920x1072/);
    expect(placed(shape(Math.floor(between * 2000), 2000))).toMatch(/^14\d\dx1072/);
  });

  it('never enlarges, unless that is asked for', () => {
    expect(placed(shape(320, 180))).toBe('too-small');
    expect(placed(shape(320, 180), { upscale: true })).toBe('432x240-121f-24fps');
  });

  it('takes the highest rate that the video has, and the most frames that the clip is long enough for', () => {
    expect(placed(shape(640, 480, { fps: 15, durationMs: 10_000 }))).toBe('640x480-49f-8fps');
    expect(placed(shape(640, 480, { fps: 25, durationMs: 3_375 }))).toBe('640x480-81f-24fps');
    expect(placed(shape(640, 480, { fps: 25, durationMs: 3_374 }))).toBe('640x480-49f-24fps');
    expect(placed(shape(640, 480, { fps: 25, durationMs: 700 }))).toBe('too-short');
    expect(placed(shape(640, 480, { fps: 5 }))).toBe('frame-rate-too-low');
  });

  it('counts 23.976 as 24, and not 23', () => {
    expect(placed(shape(640, 480, { fps: 24_000 / 1001 }))).toMatch(/24fps$/);
    expect(placed(shape(640, 480, { fps: 23 }))).toMatch(/16fps$/);
  });

  it('crops about the middle of what is inside the bars, and no more than is allowed', () => {
    const wide = shape(1920, 800);
    const area = { left: 0, top: 140, width: 1920, height: 800 };
    const found = placeClip({ ...wide, area }, bucketRules());
    expect(found).toEqual({
      bucket: { id: '1280x720-121f-24fps', width: 1280, height: 720, frames: 121, fps: 24 },
      crop: { left: 249, top: 140, width: 1422, height: 800 },
    });
    expect(placed(wide, { maxCrop: 0.25 })).toBe('cropped-too-much');
    expect(placed(shape(4000, 400))).toBe('cropped-too-much');
  });

  it('makes sides that are multiples of what is asked for', () => {
    expect(placed(shape(1920, 1080), { multipleOf: 64, shortSides: [480] })).toBe(
      '768x448-121f-24fps',
    );
  });

  it.each([
    [{ aspects: ['wide'] }, 'rules.aspects'],
    [{ aspects: ['0:9'] }, 'rules.aspects'],
    [{ shortSides: [] }, 'rules.shortSides'],
    [{ frames: [4.5] }, 'rules.frames'],
    [{ fps: [-1] }, 'rules.fps'],
    [{ maxCrop: 1 }, 'rules.maxCrop'],
    [{ multipleOf: 0 }, 'rules.multipleOf'],
  ])('refuses %j', (rules, name) => {
    expect(() => bucketRules(rules)).toThrow(name);
    expect(() => bucketRules(rules)).toThrow(RangeError);
  });
});
