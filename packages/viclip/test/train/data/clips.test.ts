import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { fileStore } from '@internvid/core';
import { encodeJpeg, ffmpegFrameReader, findFfmpeg } from '@internvid/core/media';
import { memoryStore } from '@internvid/core/testing';

import { augmentation } from '../../../src/train/data/augment.js';
import {
  batchesPerEpoch,
  clipBatches,
  type BatchesOptions,
  type ClipBatch,
} from '../../../src/train/data/batches.js';
import { testedPixels } from '../../../src/train/data/clip-pixels.js';
import { datasetClips } from '../../../src/train/data/dataset-clips.js';
import { readAhead } from '../../../src/train/data/read-ahead.js';
import { shardClips } from '../../../src/train/data/shard-clips.js';
import type { TrainingClip } from '../../../src/train/data/training-clip.js';
import { validationSplit } from '../../../src/train/data/validation-split.js';
import { drawnScenes, writeDrawnDataset } from '../drawn-dataset.js';

const VISION = { frames: 4, image: 32 };
const options: BatchesOptions = {
  ...{ vision: VISION, mirrors: true, size: 4, seed: 7, from: 0, until: 8 },
  onFailed: ({ message }) => {
    throw new Error(message);
  },
};

async function clips(count = 18): Promise<readonly TrainingClip[]> {
  const store = memoryStore();
  await writeDrawnDataset(store, drawnScenes(1).slice(0, count));
  return (await datasetClips({ store })).clips;
}

async function all(batches: AsyncIterable<ClipBatch>): Promise<readonly ClipBatch[]> {
  const found: ClipBatch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

describe('datasetClips', () => {
  it('gives the captioned clips of a dataset with their pictures', async () => {
    const [clip] = await clips(2);
    expect(clip).toMatchObject({
      id: 'red-square-left-0_000000000_000004000',
      video: 'red-square-left-0',
      captions: ['A red square moves left.'],
    });
    const pictures = await clip!.readPictures([0.1, 0.2, 0.9]);
    expect(pictures.map(({ width, height }) => [width, height])).toEqual(Array(3).fill([96, 72]));
    expect(pictures[0]).toBe(pictures[1]);
    expect(pictures[2]).not.toBe(pictures[1]);
  });

  it('leaves out clips of other scales and those that it is told to', async () => {
    const store = memoryStore();
    await writeDrawnDataset(store, drawnScenes(1).slice(0, 3));
    expect((await datasetClips({ store, scales: ['video'] })).clips).toEqual([]);
    const { clips: kept } = await datasetClips({ store, keep: ({ video }) => /up/.test(video) });
    expect(kept.map(({ video }) => video)).toEqual(['red-square-up-0']);
  });

  it('names the step that a dataset lacks', async () => {
    await expect(datasetClips({ store: memoryStore() })).rejects.toThrow('internvid split');
  });
});

describe('shardClips', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'viclip-shards-'));
    await mkdir(join(folder, 'in'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const pack = async (names: readonly string[]): Promise<void> => {
    const args = ['-cf', join(folder, 'a.tar'), '-C', join(folder, 'in'), ...names];
    await promisify(execFile)('tar', args);
  };
  const put = (name: string, bytes: Uint8Array | string): Promise<void> =>
    writeFile(join(folder, 'in', name), bytes);
  const plain = (value: number): Promise<Uint8Array> => {
    const data = new Uint8Array(48 * 48 * 3).fill(value);
    return encodeJpeg({ width: 48, height: 48, format: 'rgb24', data });
  };

  it('reads pictures in their order, captions from text or JSON, and videos', async () => {
    await put('one.json', JSON.stringify({ caption: 'a grey wall', video_id: 'v7' }));
    await put('one.0.jpg', await plain(10));
    await put('one.10.jpg', await plain(200));
    await put('one.2.jpg', await plain(100));
    await put('two.txt', 'no picture');
    await put('three.jpg', await plain(50));
    await pack(['one.json', 'one.0.jpg', 'one.10.jpg', 'one.2.jpg', 'two.txt', 'three.jpg']);
    const { clips: found } = await shardClips({ folder });
    expect(found).toMatchObject([{ id: 'one', video: 'v7', captions: ['a grey wall'] }]);
    const pixels = await testedPixels(found[0]!, { frames: 3, image: 8 });
    const [first, second, third] = [0, 1, 2].map((frame) => pixels[frame * 3 * 64]!);
    expect(first!).toBeLessThan(second!);
    expect(second!).toBeLessThan(third!);
  });

  it('decodes films, at the times that are asked for', async () => {
    const film = join(folder, 'in', 'one.mp4');
    const source = 'color=black:s=64x48:d=1[a];color=white:s=64x48:d=1[b];[a][b]concat';
    const args = ['-v', 'error', '-filter_complex', source, '-pix_fmt', 'yuv420p', film];
    await promisify(execFile)(findFfmpeg('ffmpeg').path, args);
    await put('one.txt', 'black then white');
    await put('one.jpg', await plain(128));
    await pack(['one.mp4', 'one.txt', 'one.jpg']);
    const { clips: found } = await shardClips({ folder, frames: ffmpegFrameReader() });
    const pixels = await testedPixels(found[0]!, { frames: 4, image: 8 });
    const signs = [0, 1, 2, 3].map((frame) => Math.sign(pixels[frame * 3 * 64]!));
    expect(signs).toEqual([-1, -1, 1, 1]);
  });

  it('says where there are no shards', async () => {
    await expect(shardClips({ folder })).rejects.toThrow('no .tar files');
  });
});

describe('augmentation', () => {
  it('draws frames of every stretch and parts that lie in the picture', () => {
    for (let clip = 0; clip < 200; clip++) {
      const { shares, box } = augmentation(`clip/${clip}`, 8);
      expect(shares.map((share) => Math.floor(share * 8))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      for (const size of [
        { width: 96, height: 72 },
        { width: 300, height: 20 },
        { width: 1, height: 1 },
      ]) {
        const { left, top, width, height } = box(size);
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(left + width).toBeLessThanOrEqual(size.width);
        expect(top + height).toBeLessThanOrEqual(size.height);
        expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
      }
      const { width, height } = box({ width: 400, height: 400 });
      expect((width * height) / 160_000).toBeGreaterThan(0.48);
      expect(width / height).toBeGreaterThan(0.74);
      expect(width / height).toBeLessThan(1.35);
    }
  });
});

describe('clipBatches', () => {
  it('goes on with the same next batch and the same pictures wherever it was left', async () => {
    const source = await clips();
    const whole = await all(clipBatches(source, options));
    expect(whole).toHaveLength(8);
    expect(await all(clipBatches(source, { ...options, from: 5 }))).toEqual(whole.slice(5));
  });

  it('shows each clip once an epoch, in another order and other pictures in the next', async () => {
    const source = await clips(16);
    const whole = await all(clipBatches(source, options));
    const ids = (epoch: number): readonly string[] =>
      whole.filter((one) => one.epoch === epoch).flatMap((one) => one.clips.map(({ id }) => id));
    expect(new Set(ids(0)).size).toBe(16);
    expect([...ids(1)].sort()).toEqual([...ids(0)].sort());
    expect(ids(1)).not.toEqual(ids(0));
    const other = await all(clipBatches(source, { ...options, seed: 8, until: 1 }));
    expect(other[0]!.clips).not.toEqual(whole[0]!.clips);
  });

  it('leaves out a clip that cannot be read and names it, and stops where a whole batch fails', async () => {
    const source = (await clips(4)).map((clip) => ({ ...clip }));
    const broken = { readPictures: () => Promise.reject(new Error('gone')) };
    Object.assign(source[1]!, broken);
    const failed: string[] = [];
    const lenient = { ...options, until: 1, onFailed: ({ id }: { id: string }) => failed.push(id) };
    const [batch] = await all(clipBatches(source, lenient));
    expect(batch!.clips).toHaveLength(3);
    expect(failed).toEqual([source[1]!.id]);
    for (const clip of source.slice(1)) Object.assign(clip, broken);
    await expect(all(clipBatches(source, lenient))).rejects.toMatchObject({
      code: 'too-many-failures',
    });
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const batches = clipBatches(await clips(), {
      ...options,
      until: 1000,
      signal: controller.signal,
    });
    await batches.next();
    controller.abort();
    await expect(all(batches)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('needs clips enough for a batch', () => {
    expect(batchesPerEpoch(9, 4)).toBe(2);
    expect(() => batchesPerEpoch(3, 4)).toThrow('do not fill a batch of 4');
  });
});

describe('readAhead', () => {
  it('makes items while the reader works, never more than it may', async () => {
    let made = 0;
    const source = async function* (): AsyncGenerator<number> {
      for (; made < 20;) yield await Promise.resolve((made += 1));
    };
    const items = readAhead(source(), 3);
    for (let taken = 1; taken <= 5; taken++) {
      await items.next();
      await new Promise((resolve) => setImmediate(resolve));
      expect(made).toBe(taken + 3);
    }
    await items.return();
    expect(made).toBeLessThan(20);
  });
});

describe('validationSplit', () => {
  const clip = (id: string, video: string): TrainingClip => ({
    ...{ id, video, captions: ['some words'] },
    readPictures: () => Promise.resolve([]),
  });
  const source = Array.from({ length: 60 }, (_, at) => clip(`c${at}`, `v${at % 20}`));

  it('keeps clips of one video on one side', () => {
    const { training, validation } = validationSplit(source, { share: 0.2, seed: 1 });
    expect(validation.length).toBe(12);
    const videos = new Set(validation.map(({ video }) => video));
    expect(training.some(({ video }) => videos.has(video))).toBe(false);
  });

  it('keeps videos of near-duplicates on one side, through any number of them', () => {
    const groupOf = ({ id, video }: TrainingClip): string | undefined => {
      const number = Number(video.slice(1));
      return number < 6
        ? `g${Math.floor((number + (Number(id.slice(1)) % 40 < 20 ? 0 : 1)) / 2)}`
        : undefined;
    };
    for (let seed = 0; seed < 10; seed++) {
      const { training } = validationSplit(source, { share: 0.3, seed, groupOf });
      const left = new Set(training.map(({ video }) => video));
      const chained = ['v0', 'v1', 'v2', 'v3', 'v4', 'v5'].filter((video) => left.has(video));
      expect([0, 6]).toContain(chained.length);
    }
  });

  it('does not move videos when others come', () => {
    const before = validationSplit(source, { share: 0.2, seed: 3 });
    const more = [...source, clip('new', 'v99')];
    const after = validationSplit(more, { share: 0.2, seed: 3 });
    const moved = before.validation.filter((one) => !after.validation.includes(one));
    expect(moved.length).toBeLessThanOrEqual(3);
  });
});

it('reads a dataset on disk as one in memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'viclip-dataset-'));
  try {
    await writeDrawnDataset(fileStore(folder), drawnScenes(1).slice(0, 4));
    const { clips: found } = await datasetClips({ store: fileStore(folder) });
    const [disk] = await all(clipBatches(found, { ...options, until: 1 }));
    const [memory] = await all(clipBatches(await clips(4), { ...options, until: 1 }));
    expect(disk!.frames).toEqual(memory!.frames);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
