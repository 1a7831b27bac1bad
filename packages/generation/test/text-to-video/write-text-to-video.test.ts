import { parseCondition, sha256, type Store } from '@internvid/core';
import { memoryStore, storeThatDiesAt } from '@internvid/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';

import {
  readTextToVideo,
  validateGenerated,
  writeTextToVideo,
  type Sample,
  type TextToVideoRow,
  type WriteTextToVideoOptions,
} from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';
import { drawnClips } from './drawn-clips.js';

const PREFIX = 'generated/set';
const SMALL = { shortSides: [64], frames: [5, 9], fps: [4] };
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  store = memoryStore();
  samples = await drawnSamples(store, 7);
});

function write(
  options: Partial<WriteTextToVideoOptions> = {},
): ReturnType<typeof writeTextToVideo> {
  const to = { store, prefix: PREFIX, name: 'set', buckets: SMALL };
  return writeTextToVideo(streamed(samples), { ...to, ...options });
}

async function rows(): Promise<readonly TextToVideoRow[]> {
  const found: TextToVideoRow[] = [];
  for await (const row of readTextToVideo(store, PREFIX, 'set')) found.push(row);
  return found;
}

async function bytesOf(from: Store): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for await (const { key } of from.list(PREFIX)) found[key] = sha256(await from.read(key));
  return found;
}

async function findings(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { file, problem } of validateGenerated(store, PREFIX))
    found.push(`${file}: ${problem}`);
  return found;
}

describe('writeTextToVideo', () => {
  it('names each clip by its middle stretch, as long as its frames take', async () => {
    await write();
    const [first] = await rows();
    expect(first).toMatchObject({
      clip_id: samples[0]?.clip.id,
      start_ms: 125,
      end_ms: 2375,
      bucket: '80x64-9f-4fps',
      frames: 9,
      fps: 4,
      source_width: 640,
      crop_left: 20,
      crop_width: 600,
      crop_height: 480,
    });
    expect(first).not.toHaveProperty('file');
  });

  it('loses no clip without saying why', async () => {
    const where = [parseCondition('aesthetic >= 4.2')];
    const written = await write({ where, buckets: { ...SMALL, frames: [11] } });
    expect(written).toMatchObject({
      in: 7,
      conditions: [{ rule: 'aesthetic >= 4.2', in: 7, kept: 3, missing: 3 }],
      leftOut: { 'too-short': 3 },
      kept: 0,
    });
    const long = await write({ where, buckets: { ...SMALL, frames: [10] } });
    expect(long).toMatchObject({ kept: 3, leftOut: {}, buckets: { '80x64-10f-4fps': 3 } });
    expect(await findings()).toEqual([]);
  });

  it('counts clips without a caption and of videos that were never probed', async () => {
    const [first, second, third] = samples;
    const { info: _, ...unprobed } = second!.clip.video;
    samples = [
      { ...first!, captions: [] },
      { ...second!, clip: { ...second!.clip, video: unprobed } },
      third!,
    ];
    const written = await write();
    expect(written).toMatchObject({
      in: 3,
      kept: 1,
      leftOut: { 'no-caption': 1, 'never-probed': 1 },
    });
  });

  it('writes clips and tars of them, sound as the validator sees them', async () => {
    const { files, buckets } = await write({ clips: drawnClips(), tars: true });
    expect(buckets).toEqual({ '80x64-9f-4fps': 7 });
    expect(files.map(({ name }) => name)).toEqual([
      'set.parquet',
      'preview.html',
      'set.jsonl',
      'set-80x64-9f-4fps-000000.tar',
    ]);
    expect(await findings()).toEqual([]);
  });

  it('leaves out and counts a clip whose file cannot be made', async () => {
    const broken = samples[2]!.clip.id;
    const told: string[] = [];
    const written = await write({
      clips: drawnClips([broken]),
      fail: (clip) => told.push(clip),
    });
    expect(told).toEqual([broken]);
    expect(written).toMatchObject({ in: 7, kept: 6, leftOut: { 'not-cut': 1 } });
    expect((await rows()).map((row) => row.clip_id)).not.toContain(broken);
    await expect(write({ clips: drawnClips([broken]) })).rejects.toThrow('is broken');
  });

  it('gives the same bytes again, without making a clip twice', async () => {
    const clips = drawnClips();
    await write({ clips, tars: true });
    const before = await bytesOf(store);
    await write({ clips, tars: true });
    expect(await bytesOf(store)).toEqual(before);
    expect(clips.made).toBe(7);
  });

  it('gives the same bytes after a death at any write', async () => {
    await write({ clips: drawnClips(), tars: true });
    const whole = await bytesOf(store);
    for (const dies of [1, 3, 7, 8, 9, 10, 11]) {
      store = memoryStore();
      samples = await drawnSamples(store, 7);
      const broken = storeThatDiesAt(dies, store, () => {
        throw new Error('killed');
      });
      await expect(write({ store: broken, clips: drawnClips(), tars: true })).rejects.toThrow(
        'killed',
      );
      expect(await store.stat(`${PREFIX}/manifest.json`)).toBeUndefined();
      await write({ clips: drawnClips(), tars: true });
      expect(await bytesOf(store)).toEqual(whole);
    }
  });

  it('removes the clips of earlier rules, and nothing else', async () => {
    await write({ clips: drawnClips(), tars: true });
    await store.write(`${PREFIX}/notes.txt`, 'mine');
    await write({ clips: drawnClips(), buckets: { ...SMALL, frames: [5] } });
    expect(await findings()).toEqual(['notes.txt: unlisted-file']);
  });

  it('does not take the folder of another kind of set', async () => {
    const other = { schema: 1, kind: 'dialogue', name: 'set', files: [] };
    await store.write(`${PREFIX}/manifest.json`, JSON.stringify(other));
    await expect(write()).rejects.toThrow('holds a set of the kind "dialogue"');
  });

  it('shows what is in a bucket with every text made harmless', async () => {
    const [first] = samples;
    const caption = {
      ...first!.captions.at(-1)!,
      scale: 'fine' as const,
      text: '<script>x</script>',
    };
    samples = [{ ...first!, captions: [caption] }];
    await write();
    const page = Buffer.from(await store.read(`${PREFIX}/preview.html`)).toString();
    expect(page).toContain('80x64-9f-4fps');
    expect(page).toContain('data:image/jpeg;base64,');
    expect(page).not.toContain('<script>');
  });

  it('writes an empty set of no samples', async () => {
    samples = [];
    expect(await write()).toMatchObject({ in: 0, kept: 0 });
    expect(await findings()).toEqual([]);
  });
});
