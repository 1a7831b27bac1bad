import { sha256, type Store } from '@internvid/core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pack } from 'tar-stream';

import { writeTextToVideo, type Sample } from '../../src/index.js';
import { streamed } from '../drawn-samples.js';
import { generatedFolder, OTHER, PREFIX, type GeneratedFolder } from '../generated-folder.js';
import { drawnClips } from './drawn-clips.js';

let folder: GeneratedFolder;
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  folder = await generatedFolder();
  ({ store, samples } = folder);
});

describe('validateGenerated, text-to-video', () => {
  const TAR = 'set-80x64-5f-4fps-000000.tar';
  beforeEach(async () => {
    const buckets = { shortSides: [64], frames: [5], fps: [4] };
    const to = { store, prefix: PREFIX, name: 'set', buckets, clips: drawnClips(), tars: true };
    await writeTextToVideo(streamed(samples), to);
  });

  const clipFile = async (at: number): Promise<string> => {
    const line = (await folder.text('set.jsonl')).split('\n')[at] ?? '';
    return (JSON.parse(line) as { file: string }).file;
  };

  it('names clips that are missing, cut off or changed', async () => {
    const [missing, cut, changed] = await Promise.all([0, 1, 2].map(clipFile));
    await store.remove(`${PREFIX}/${missing}`);
    const whole = await store.read(`${PREFIX}/${cut}`);
    await store.write(`${PREFIX}/${cut}`, whole.slice(0, -100));
    const bytes = await store.read(`${PREFIX}/${changed}`);
    await store.write(`${PREFIX}/${changed}`, bytes.slice().fill(1, -1));
    expect(
      (await folder.problems()).map((found) => found.split(':').slice(0, 2).join(':')),
    ).toEqual([
      `${missing}: missing-clip`,
      `${cut}: unreadable-clip`,
      `${cut}: changed-clip`,
      `${changed}: changed-clip`,
    ]);
  });

  it('names captions and stretches that belong elsewhere', async () => {
    const [first, second, ...rest] = samples as [Sample, Sample, ...Sample[]];
    const captions = first.captions.map((caption) => ({ ...caption, text: OTHER }));
    const moved = { ...second.clip, span: { startMs: 4_000, endMs: 4_100 } };
    expect(
      await folder.problems([{ ...first, captions }, { ...second, clip: moved }, ...rest]),
    ).toEqual([
      `set.parquet: foreign-caption: The caption of ${first.clip.id} is made of none that the dataset has for this clip and its frames.`,
      expect.stringContaining(`times-out-of-order: ${second.clip.id} is shown from`),
    ]);
    const frames = first.captions.map((each) => ({ ...each, framesSha256: sha256('others') }));
    expect(await folder.problems([{ ...first, captions: frames }, second, ...rest])).toHaveLength(
      1,
    );
    expect(await folder.problems(samples.slice(1))).toEqual([
      `set.parquet: unknown-clip: ${first.clip.id} is no clip of the dataset.`,
    ]);
  });

  it('names lines that are no row of the table', async () => {
    await folder.change('set.jsonl', (lines) => lines.replace('"fps":4.0', '"fps":8.0'));
    expect(await folder.problems()).toEqual([
      'set.jsonl: bad-line: line 1: it is no row of set.parquet.',
    ]);
  });

  it('names what is wrong in a tar: cut off, split, twice, missing, changed, of another clip', async () => {
    const bytes = await store.read(`${PREFIX}/${TAR}`);
    await store.write(`${PREFIX}/${TAR}`, bytes.slice(0, 5_000));
    expect((await folder.problems())[0]).toMatch(new RegExp(`^${TAR}: truncated-tar`));
    await store.write(`${PREFIX}/${TAR}`, bytes.slice(0, -1024));
    expect(await folder.problems()).toEqual([expect.stringMatching(/truncated-tar/)]);
    const archive = pack();
    const [a, b] = samples.map(({ clip }) => clip.id);
    archive.entry({ name: `${a}.txt` }, 'other');
    archive.entry({ name: `${b}.json` }, '{}');
    archive.entry({ name: `${a}.mp4` }, 'other');
    archive.entry({ name: `${a}.mp4` }, 'other');
    archive.entry({ name: 'stranger.json' }, '{}');
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    await store.write(`${PREFIX}/${TAR}`, Buffer.concat(chunks));
    expect((await folder.problems()).map((found) => found.split(': ')[1])).toEqual([
      'different-captions',
      'bad-row',
      'split-key',
      'changed-clip',
      'duplicate-part',
      'changed-clip',
      'wrong-key',
      'different-parts',
      'different-parts',
      'different-parts',
      'wrong-count',
    ]);
  });

  it('names counts that do not add up', async () => {
    await folder.change('manifest.json', (manifest) => manifest.replace('"in": 6', '"in": 9'));
    expect(await folder.problems()).toEqual([
      'manifest.json: wrong-count: of 9 clips, 0 were rejected, 0 left out and 6 kept.',
    ]);
  });

  it('names a table that is none', async () => {
    await store.write(`${PREFIX}/set.parquet`, 'PAR1 it is not');
    expect(await folder.problems()).toEqual([
      expect.stringMatching(/^set.parquet: unreadable-parquet/),
    ]);
  });

  it('names rows about clips whose video was withdrawn', async () => {
    expect(await folder.problems(samples.slice(3), true)).toEqual(
      samples
        .slice(0, 3)
        .map(
          ({ clip }) => `set.parquet: withdrawn-sample: ${clip.id} is a clip of a withdrawn video.`,
        ),
    );
  });
});
