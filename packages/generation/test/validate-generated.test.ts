import { sha256, type JsonObject, type Store } from '@internvid/core';
import { memoryStore } from '@internvid/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { pack } from 'tar-stream';

import {
  exportJsonl,
  exportParquet,
  exportWebDataset,
  interleave,
  knownDataset,
  saveSubset,
  validateExport,
  validateGenerated,
  validateSubsets,
  writeDocuments,
  writeTextToVideo,
  type InterleavedFormat,
  type Sample,
} from '../src/index.js';
import { writeDialogues } from '../src/dialogue/dialogues-file.js';
import type { Dialogue } from '../src/index.js';
import { drawnSamples, streamed } from './drawn-samples.js';
import { drawnClips } from './text-to-video/drawn-clips.js';

const PREFIX = 'generated/set';
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  store = memoryStore();
  samples = await drawnSamples(store, 6);
});

async function problems(of: readonly Sample[] = samples): Promise<readonly string[]> {
  const known = await knownDataset(streamed(of));
  const found: string[] = [];
  for await (const { file, problem, message } of validateGenerated(store, PREFIX, { known }))
    if (!['wrong-size', 'wrong-checksum'].includes(problem))
      found.push(`${file}: ${problem}: ${message}`);
  return found;
}

async function text(name: string): Promise<string> {
  return Buffer.from(await store.read(`${PREFIX}/${name}`)).toString();
}

async function change(name: string, how: (text: string) => string): Promise<void> {
  const before = await text(name);
  const after = how(before);
  expect(after).not.toBe(before);
  await store.write(`${PREFIX}/${name}`, after);
}

function documents(format: InterleavedFormat, dropClips = 0): Promise<unknown> {
  const made = interleave(streamed(samples), { form: 'captions', dropClips });
  return writeDocuments(made, { store, prefix: PREFIX, name: 'set', format });
}

const OTHER = 'Something that nobody said of this clip.';

describe('validateGenerated, interleaved documents', () => {
  it.each(['documents', 'obelics', 'mmc4', 'chat'] as const)(
    'finds nothing wrong with what is written as %s',
    async (format) => {
      await documents(format, 0.3);
      expect(await problems()).toEqual([]);
    },
  );

  it.each(['documents', 'obelics', 'mmc4', 'chat'] as const)(
    'names the line of %s whose caption belongs elsewhere, and the one whose clip does',
    async (format) => {
      await documents(format);
      const [{ clip }] = samples as [Sample];
      await change('set.jsonl', (lines) => lines.replace('A red square moves', 'Nobody moves'));
      expect(await problems()).toEqual([
        `set.jsonl: foreign-caption: line 1: the text behind ${clip.id} is none of its captions.`,
      ]);
      await documents(format);
      const others = samples.filter((sample) => sample.clip.id !== samples[4]!.clip.id);
      expect(await problems(others)).toEqual([
        `set.jsonl: unknown-clip: line 2: ${samples[4]!.clip.id} is no clip of the dataset.`,
      ]);
    },
  );

  it('names lines that are none, ids that come twice and counts that are wrong', async () => {
    await documents('obelics');
    const [first = ''] = (await text('set.jsonl')).split('\n');
    await store.write(`${PREFIX}/set.jsonl`, `${first}\n\n{"id":"x"\n${first}\n`);
    const found = await problems();
    expect(found).toEqual([
      'set.jsonl: bad-line: line 3: it is no document.',
      expect.stringMatching(/duplicate-key: line 4: \S+ is on line 1 as well\./),
      'set.jsonl: wrong-count: It holds 3 lines, the list says 2.',
    ]);
  });

  it.each([
    ['obelics', (line: JsonObject) => ({ ...line, texts: [] }), 'not lists of one length'],
    ['obelics', (line: JsonObject) => ({ ...line, metadata: '[]' }), 'no list of the same length'],
    ['mmc4', (line: JsonObject) => ({ ...line, text_list: [] }), 'leads to no text'],
    ['chat', (line: JsonObject) => ({ ...line, messages: [] }), 'no message with parts'],
    ['documents', (line: JsonObject) => ({ ...line, items: [] }), 'it has no clip'],
  ] as const)('names a line of %s that lacks what it must have', async (format, spoil, why) => {
    await documents(format);
    const lines = (await text('set.jsonl')).trim().split('\n');
    const spoiled = JSON.stringify(spoil(JSON.parse(lines[1] ?? '') as JsonObject));
    await store.write(`${PREFIX}/set.jsonl`, `${lines[0]}\n${spoiled}\n`);
    expect((await problems())[0]).toMatch(new RegExp(`bad-line: line 2: .*${why}`));
  });

  it.each([
    'nonsense',
    '{}',
    '{"schema":1,"kind":"interleaved","name":"a","files":[{"name":"../x"}]}',
  ])('finds a list that is none: %s', async (manifest) => {
    await store.write(`${PREFIX}/manifest.json`, manifest);
    expect((await problems())[0]).toMatch(/^manifest.json: bad-manifest/);
  });
});

describe('validateGenerated, dialogues', () => {
  const write = async (): Promise<void> => {
    const dialogues = samples.map(({ clip }, at): Dialogue => ({
      id: `measured-${at}`,
      source: 'measured',
      media: [{ file: `${clip.id}.mp4`, video: clip.video.id, clip: clip.id, ...clip.span }],
      turns: [
        {
          question: 'How long is it?',
          answer: `About ${at} seconds.`,
          kind: 'length',
          evidence: { asks: {}, value: at, from: {}, wording: 0 },
        },
      ],
    }));
    const list = async function* (): AsyncGenerator<Dialogue> {
      await Promise.resolve();
      yield* dialogues;
    };
    await writeDialogues(list(), { store, prefix: PREFIX, name: 'set', formats: ['openai'] });
  };

  it('finds nothing wrong with what is written', async () => {
    await write();
    expect(await problems()).toEqual([]);
  });

  it('names the line of a form that says something else than the dialogues', async () => {
    await write();
    await change('set-openai.jsonl', (lines) => lines.replace('About 2', 'About 9'));
    expect(await problems()).toEqual([
      'set-openai.jsonl: bad-line: line 3: it is not what the dialogue measured-2 gives.',
    ]);
    await change('set-openai.jsonl', (lines) => lines.split('\n').slice(0, 4).join('\n'));
    expect((await problems()).at(-1)).toBe(
      'set-openai.jsonl: wrong-count: line 5: the dialogue measured-4 is missing.',
    );
  });

  it('names films of other times and of another dataset, and faulty dialogues', async () => {
    await write();
    await change('set-dialogues.jsonl', (lines) =>
      lines.replace('About 1 seconds.', '').replace('"startMs":0', '"startMs":1'),
    );
    const found = await problems(samples.slice(0, 5));
    expect(found[0]).toMatch(
      /set-dialogues.jsonl: times-out-of-order: line 1: .* from 1 to 2500 ms/,
    );
    expect(found[1]).toMatch(/bad-line: line 2: turn 1 \(length\) has an empty answer/);
    expect(found[2]).toMatch(/unknown-clip: line 6/);
  });
});

describe('validateGenerated, text-to-video', () => {
  const TAR = 'set-80x64-5f-4fps-000000.tar';
  beforeEach(async () => {
    const buckets = { shortSides: [64], frames: [5], fps: [4] };
    const to = { store, prefix: PREFIX, name: 'set', buckets, clips: drawnClips(), tars: true };
    await writeTextToVideo(streamed(samples), to);
  });

  const clipFile = async (at: number): Promise<string> => {
    const line = (await text('set.jsonl')).split('\n')[at] ?? '';
    return (JSON.parse(line) as { file: string }).file;
  };

  it('names clips that are missing, cut off or changed', async () => {
    const [missing, cut, changed] = await Promise.all([0, 1, 2].map(clipFile));
    await store.remove(`${PREFIX}/${missing}`);
    const whole = await store.read(`${PREFIX}/${cut}`);
    await store.write(`${PREFIX}/${cut}`, whole.slice(0, -100));
    const bytes = await store.read(`${PREFIX}/${changed}`);
    await store.write(`${PREFIX}/${changed}`, bytes.slice().fill(1, -1));
    expect((await problems()).map((found) => found.split(':').slice(0, 2).join(':'))).toEqual([
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
    expect(await problems([{ ...first, captions }, { ...second, clip: moved }, ...rest])).toEqual([
      `set.parquet: foreign-caption: The caption of ${first.clip.id} is made of none that the dataset has for this clip and its frames.`,
      expect.stringContaining(`times-out-of-order: ${second.clip.id} is shown from`),
    ]);
    const frames = first.captions.map((each) => ({ ...each, framesSha256: sha256('others') }));
    expect(await problems([{ ...first, captions: frames }, second, ...rest])).toHaveLength(1);
    expect(await problems(samples.slice(1))).toEqual([
      `set.parquet: unknown-clip: ${first.clip.id} is no clip of the dataset.`,
    ]);
  });

  it('names lines that are no row of the table', async () => {
    await change('set.jsonl', (lines) => lines.replace('"fps":4.0', '"fps":8.0'));
    expect(await problems()).toEqual(['set.jsonl: bad-line: line 1: it is no row of set.parquet.']);
  });

  it('names what is wrong in a tar: cut off, split, twice, missing, changed, of another clip', async () => {
    const bytes = await store.read(`${PREFIX}/${TAR}`);
    await store.write(`${PREFIX}/${TAR}`, bytes.slice(0, 5_000));
    expect((await problems())[0]).toMatch(new RegExp(`^${TAR}: truncated-tar`));
    await store.write(`${PREFIX}/${TAR}`, bytes.slice(0, -1024));
    expect(await problems()).toEqual([expect.stringMatching(/truncated-tar/)]);
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
    expect((await problems()).map((found) => found.split(': ')[1])).toEqual([
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
    await change('manifest.json', (manifest) => manifest.replace('"in": 6', '"in": 9'));
    expect(await problems()).toEqual([
      'manifest.json: wrong-count: of 9 clips, 0 were rejected, 0 left out and 6 kept.',
    ]);
  });

  it('names a table that is none', async () => {
    await store.write(`${PREFIX}/set.parquet`, 'PAR1 it is not');
    expect(await problems()).toEqual([expect.stringMatching(/^set.parquet: unreadable-parquet/)]);
  });
});

describe('validateExport with the dataset at hand', () => {
  const EXPORTS = { webdataset: exportWebDataset, jsonl: exportJsonl, parquet: exportParquet };
  it.each(['webdataset', 'jsonl', 'parquet'] as const)(
    'names captions and clips of a %s that belong elsewhere',
    async (format) => {
      const to = { samples: streamed(samples), store, prefix: 'exports/x', name: 'x' };
      await EXPORTS[format](to);
      const [first, ...rest] = samples as [Sample, ...Sample[]];
      const captions = first.captions.map((caption) => ({ ...caption, text: OTHER }));
      const check = async (of: readonly Sample[]): Promise<readonly string[]> => {
        const known = await knownDataset(streamed(of));
        const found: string[] = [];
        for await (const finding of validateExport(store, 'exports/x', { known }))
          found.push(finding.problem);
        return found;
      };
      expect(await check(samples)).toEqual([]);
      expect(await check([{ ...first, captions }, ...rest])).toEqual(['foreign-caption']);
      expect(await check(rest)).toEqual(['unknown-clip']);
    },
  );

  it('names a clip file that was cut off before it was packed', async () => {
    const whole = await drawnClips().make(
      {
        clip: samples[0]!.clip,
        span: samples[0]!.clip.span,
        crop: { left: 0, top: 0, width: 64, height: 48 },
        width: 64,
        height: 48,
        frames: 5,
        fps: 5,
      },
      undefined,
    );
    const clipFile = ({ clip }: Sample): Promise<Uint8Array> =>
      Promise.resolve(clip.id === samples[3]!.clip.id ? whole.slice(0, 900) : whole);
    const to = { samples: streamed(samples), store, prefix: 'exports/x', name: 'x', clipFile };
    await exportWebDataset(to);
    const found: string[] = [];
    for await (const { problem, message } of validateExport(store, 'exports/x'))
      found.push(`${problem}: ${message}`);
    expect(found).toEqual([
      expect.stringContaining(`unreadable-clip: ${samples[3]!.clip.id}.mp4 is no whole MP4`),
    ]);
  });
});

describe('validateSubsets', () => {
  const videos = (): Map<string, string> =>
    new Map(samples.map(({ clip }) => [clip.id, clip.video.id]));
  const found = async (of = videos()): Promise<readonly string[]> => {
    const all: string[] = [];
    for await (const { file, problem } of validateSubsets(store, { videos: of }))
      all.push(`${file}: ${problem}`);
    return all;
  };

  beforeEach(async () => {
    const clips = samples.map(({ clip }, at) => ({
      clip: clip.id,
      video: clip.video.id,
      part: at < 4 ? 'train' : 'test',
    }));
    await saveSubset(store, { name: 'some', rules: {}, of: {}, funnel: [] }, clips);
  });

  it('finds nothing wrong with what was saved', async () => {
    expect(await found()).toEqual([]);
  });

  it('finds clips that the dataset does not have', async () => {
    const fewer = videos();
    fewer.delete(samples[1]!.clip.id);
    expect(await found(fewer)).toEqual(['some.parquet: unknown-clip']);
  });

  it('finds counts and parts that are wrong', async () => {
    const record = Buffer.from(await store.read('subsets/some.json')).toString();
    await store.write(
      'subsets/some.json',
      record.replace('"clips": 6', '"clips": 5').replace('"train": 4', '"train": 3'),
    );
    expect(await found()).toEqual(['some.parquet: wrong-count', 'some.parquet: wrong-count']);
  });

  it('finds halves of subsets, what is none, and strangers', async () => {
    await store.remove('subsets/some.parquet');
    await store.write('subsets/half.parquet', 'x');
    await store.write('subsets/odd.json', '{}');
    await store.write('subsets/odd.parquet', 'x');
    await store.write('subsets/notes.txt', 'x');
    expect(await found()).toEqual([
      'half.parquet: missing-manifest',
      'notes.txt: unlisted-file',
      'odd.json: bad-subset',
      'some.parquet: missing-file',
    ]);
    await store.write('subsets/some.parquet', 'x');
    expect(await found()).toContain('some.parquet: unreadable-parquet');
  });
});
