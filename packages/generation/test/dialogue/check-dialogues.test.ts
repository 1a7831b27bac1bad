import type { Store } from '@internvid/core';
import { beforeEach, describe, expect, it } from '@jest/globals';

import { writeDialogues, type Dialogue, type Sample } from '../../src/index.js';
import { generatedFolder, PREFIX, type GeneratedFolder } from '../generated-folder.js';

let folder: GeneratedFolder;
let store: Store;
let samples: readonly Sample[];

beforeEach(async () => {
  folder = await generatedFolder();
  ({ store, samples } = folder);
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
    expect(await folder.problems()).toEqual([]);
  });

  it('names the line of a form that says something else than the dialogues', async () => {
    await write();
    await folder.change('set-openai.jsonl', (lines) => lines.replace('About 2', 'About 9'));
    expect(await folder.problems()).toEqual([
      'set-openai.jsonl: bad-line: line 3: it is not what the dialogue measured-2 gives.',
    ]);
    await folder.change('set-openai.jsonl', (lines) => lines.split('\n').slice(0, 4).join('\n'));
    expect((await folder.problems()).at(-1)).toBe(
      'set-openai.jsonl: wrong-count: line 5: the dialogue measured-4 is missing.',
    );
  });

  it('names films of other times and of another dataset, and faulty dialogues', async () => {
    await write();
    await folder.change('set-dialogues.jsonl', (lines) =>
      lines.replace('About 1 seconds.', '').replace('"startMs":0', '"startMs":1'),
    );
    const found = await folder.problems(samples.slice(0, 5));
    expect(found[0]).toMatch(
      /set-dialogues.jsonl: times-out-of-order: line 1: .* from 1 to 2500 ms/,
    );
    expect(found[1]).toMatch(/bad-line: line 2: turn 1 \(length\) has an empty answer/);
    expect(found[2]).toMatch(/unknown-clip: line 6/);
  });

  it('names dialogues about clips whose video was withdrawn, line by line', async () => {
    await write();
    expect(await folder.problems(samples.slice(3), true)).toEqual(
      samples
        .slice(0, 3)
        .map(({ clip }, at) =>
          expect.stringContaining(
            `set-dialogues.jsonl: withdrawn-sample: line ${at + 1}: ${clip.id}`,
          ),
        ),
    );
  });
});
