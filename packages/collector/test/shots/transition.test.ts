import { describe, expect, it } from '@jest/globals';
import { ffmpegFrameReader } from '@internvid/core/media';
import type { Boundary } from '@internvid/core';
import { analysedSize } from '../../src/split.js';
import { transitionDetector, type TransitionDetectorOptions } from '../../src/shots/transition.js';
import { describeWithShared, shared } from '../shared.js';

type Level = (x: number, y: number) => number;

type PictureOptions = {
  readonly width?: number;
  readonly height?: number;
  readonly stepMs?: number;
  readonly options?: TransitionDetectorOptions;
};

/** Pictures of one size, each given by its grey levels. */
async function boundariesIn(
  pictures: readonly Level[],
  { width = 64, height = 36, stepMs = 40, options }: PictureOptions = {},
): Promise<readonly Boundary[]> {
  const detection = transitionDetector(options).start();
  for (const [index, level] of pictures.entries()) {
    const data = new Uint8Array(width * height * 3);
    for (let at = 0; at < width * height; at++)
      data.fill(level(at % width, Math.floor(at / width)), at * 3, at * 3 + 3);
    await detection.push({
      index,
      timeMs: index * stepMs,
      picture: { width, height, format: 'rgb24', data },
    });
  }
  return detection.finish();
}

const CHECKS: Level = (x, y) => (((x >> 3) + (y >> 3)) % 2 === 0 ? 190 : 40);
const WAVES: Level = (x, y) => 110 + 70 * Math.sin(x / 5) * Math.cos(y / 11);
const WHITE: Level = () => 255;
const BLACK: Level = () => 2;

function times(count: number, level: Level): Level[] {
  return Array.from({ length: count }, () => level);
}

function mixed(count: number, from: Level, to: Level): Level[] {
  return Array.from({ length: count }, (_, index) => {
    const part = (index + 1) / (count + 1);
    return (x, y) => from(x, y) * (1 - part) + to(x, y) * part;
  });
}

async function boundariesOf(file: string): Promise<readonly Boundary[]> {
  const reader = ffmpegFrameReader();
  const path = shared(`media/${file}`);
  const info = await reader.probe(path);
  const detection = transitionDetector().start();
  const request = { select: { kind: 'all' }, outputs: [analysedSize({ info })] } as const;
  for await (const { index, timeMs, pictures } of reader.frames(path, request))
    await detection.push({ index, timeMs, picture: pictures[0]! });
  return detection.finish();
}

describe('the transition detector', () => {
  it('finds a hard cut at its frame and says how sure it is', async () => {
    const found = await boundariesIn([...times(40, CHECKS), ...times(40, WAVES)]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ kind: 'cut', startFrame: 40, endFrame: 40, startMs: 1600 });
    expect(found[0]!.confidence).toBeGreaterThan(0.5);
    expect(found[0]!.confidence).toBeLessThanOrEqual(1);
  });

  it('finds a dissolve with its first and last frames', async () => {
    const found = await boundariesIn([
      ...times(50, CHECKS),
      ...mixed(16, CHECKS, WAVES),
      ...times(50, WAVES),
    ]);
    expect(found.map(({ kind }) => kind)).toEqual(['dissolve']);
    // Every second frame is looked at, and the faintest mixtures hardly differ from the plain pictures.
    expect(Math.abs(found[0]!.startFrame - 50)).toBeLessThanOrEqual(4);
    expect(Math.abs(found[0]!.endFrame - 66)).toBeLessThanOrEqual(4);
  });

  it('finds a fade to black and the fade from it as two', async () => {
    const found = await boundariesIn([
      ...times(50, CHECKS),
      ...mixed(16, CHECKS, BLACK),
      ...times(8, BLACK),
      ...mixed(16, BLACK, WAVES),
      ...times(50, WAVES),
    ]);
    expect(found.map(({ kind }) => kind)).toEqual(['fade', 'fade']);
  });

  it('does not take a flash for a cut', async () => {
    const found = await boundariesIn([
      ...times(40, CHECKS),
      ...times(2, WHITE),
      ...times(40, CHECKS),
    ]);
    expect(found).toEqual([]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [36, 64],
    [5, 300],
  ])('takes pictures of %d by %d pixels', async (width, height) => {
    expect(await boundariesIn(times(5, CHECKS), { width, height })).toEqual([]);
  });

  it('has no boundaries for a video without frames or with a single one', async () => {
    expect(await boundariesIn([])).toEqual([]);
    expect(await boundariesIn([CHECKS])).toEqual([]);
  });

  it('gives the same boundaries for the same frames', async () => {
    const pictures = [...times(30, CHECKS), ...times(30, WAVES)];
    expect(await boundariesIn(pictures)).toEqual(await boundariesIn(pictures));
  });

  it.each([0, 1, -1, NaN])('refuses the threshold %p', (threshold) => {
    expect(() => transitionDetector({ cutThreshold: threshold })).toThrow(RangeError);
    expect(() => transitionDetector({ gradualThreshold: threshold })).toThrow(RangeError);
  });
});

describeWithShared('the transition detector on real videos', () => {
  it('finds the five cuts of a street film at their frames, and no more', async () => {
    const found = await boundariesOf('bikes_street_6shots_h264.mp4');
    expect(found.map(({ startFrame }) => startFrame)).toEqual([30, 76, 137, 187, 242]);
  });

  it('finds a dissolve and a cut between pictures of one scene', async () => {
    const found = await boundariesOf('webb_telescope_narrated_multitrack.mp4');
    expect(found.map(({ kind }) => kind)).toEqual(['dissolve', 'cut']);
    expect(found[1]!.startFrame).toBe(202);
  });

  it('finds nothing in a shot with moving people', async () => {
    expect(await boundariesOf('soccer_juggling_ucf101_xvid.avi')).toEqual([]);
  });
});
