import type { JsonObject, Store } from '@internvid/core';
import { beforeEach, describe, expect, it } from '@jest/globals';

import {
  interleave,
  writeDocuments,
  type InterleavedFormat,
  type Sample,
} from '../../src/index.js';
import { streamed } from '../drawn-samples.js';
import { generatedFolder, PREFIX, type GeneratedFolder } from '../generated-folder.js';

let folder: GeneratedFolder;
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  folder = await generatedFolder();
  ({ store, samples } = folder);
});

function documents(format: InterleavedFormat, dropClips = 0): Promise<unknown> {
  const made = interleave(streamed(samples), { form: 'captions', dropClips });
  return writeDocuments(made, { store, prefix: PREFIX, name: 'set', format });
}

describe('validateGenerated, interleaved documents', () => {
  it.each(['documents', 'obelics', 'mmc4', 'chat'] as const)(
    'finds nothing wrong with what is written as %s',
    async (format) => {
      await documents(format, 0.3);
      expect(await folder.problems()).toEqual([]);
    },
  );

  it.each(['documents', 'obelics', 'mmc4', 'chat'] as const)(
    'names the line of %s whose caption belongs elsewhere, and the one whose clip does',
    async (format) => {
      await documents(format);
      const [{ clip }] = samples as [Sample];
      await folder.change('set.jsonl', (lines) =>
        lines.replace('A red square moves', 'Nobody moves'),
      );
      expect(await folder.problems()).toEqual([
        `set.jsonl: foreign-caption: line 1: the text behind ${clip.id} is none of its captions.`,
      ]);
      await documents(format);
      const others = samples.filter((sample) => sample.clip.id !== samples[4]!.clip.id);
      expect(await folder.problems(others)).toEqual([
        `set.jsonl: unknown-clip: line 2: ${samples[4]!.clip.id} is no clip of the dataset.`,
      ]);
    },
  );

  it('names lines that are none, ids that come twice and counts that are wrong', async () => {
    await documents('obelics');
    const [first = ''] = (await folder.text('set.jsonl')).split('\n');
    await store.write(`${PREFIX}/set.jsonl`, `${first}\n\n{"id":"x"\n${first}\n`);
    const found = await folder.problems();
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
    const lines = (await folder.text('set.jsonl')).trim().split('\n');
    const spoiled = JSON.stringify(spoil(JSON.parse(lines[1] ?? '') as JsonObject));
    await store.write(`${PREFIX}/set.jsonl`, `${lines[0]}\n${spoiled}\n`);
    expect((await folder.problems())[0]).toMatch(new RegExp(`bad-line: line 2: .*${why}`));
  });

  it.each([
    'nonsense',
    '{}',
    '{"schema":1,"kind":"interleaved","name":"a","files":[{"name":"../x"}]}',
  ])('finds a list that is none: %s', async (manifest) => {
    await store.write(`${PREFIX}/manifest.json`, manifest);
    expect((await folder.problems())[0]).toMatch(/^manifest.json: bad-manifest/);
  });

  it.each(['documents', 'obelics', 'mmc4', 'chat'] as const)(
    'names clips in %s whose video was withdrawn',
    async (format) => {
      await documents(format);
      const left = samples.slice(3);
      const found = await folder.problems(left, true);
      expect(found).toEqual(
        samples
          .slice(0, 3)
          .map(
            ({ clip }) =>
              `set.jsonl: withdrawn-sample: line 1: ${clip.id} is a clip of a withdrawn video.`,
          ),
      );
    },
  );
});
