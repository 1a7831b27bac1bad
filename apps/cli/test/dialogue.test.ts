import { mkdtemp, mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { fileStore } from '@internvid/core';
import { drawFilm, filmSet } from '@internvid/core/testing';
import { readDialogues, type Dialogue } from '@internvid/generation';

import { wrongAnswer, type KnownFilm } from './film-answers.js';
import { internvid } from './internvid.js';

/** Each seed asks and words other questions. */
const SEEDS = [1, 2, 3, 4, 5, 6];

describe('dialogues about drawn films', () => {
  let folder: string;
  let dataset: string;
  const films = new Map<string, KnownFilm>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'internvid-dialogue-'));
    dataset = join(folder, 'dataset');
    const drawn = join(folder, 'films');
    await mkdir(drawn);
    for (const spec of filmSet()) {
      const truth = await drawFilm(spec, join(drawn, `${spec.name}.mp4`));
      films.set(basename(truth.file), { spec, truth });
    }
    const { code, err } = await internvid(['run', drawn, '--out', dataset]);
    if (code !== 0) throw new Error(err);
  }, 180_000);

  async function dialogues(seed: number): Promise<Dialogue[]> {
    const args = ['--seed', String(seed), '--turns', '20', '--name', `d${seed}`];
    const { code, err } = await internvid(['generate', 'dialogue', dataset, ...args]);
    if (code !== 0) throw new Error(err);
    const made: Dialogue[] = [];
    const key = `generated/d${seed}/d${seed}-dialogues.jsonl`;
    for await (const dialogue of readDialogues(fileStore(dataset), key)) made.push(dialogue);
    return made;
  }

  /** The film that a dialogue shows: ids of videos begin with the name of their file. */
  function filmOf({ media: [medium] }: Dialogue): KnownFilm {
    const found = [...films].find(([file]) => medium?.video.startsWith(basename(file, '.mp4')));
    if (found === undefined) throw new Error(`${String(medium?.video)} was not drawn.`);
    return found[1];
  }

  it('answer every question as the films were drawn', async () => {
    const wrong: string[] = [];
    const kinds = new Map<string, number>();
    for (const seed of SEEDS) {
      for (const dialogue of await dialogues(seed)) {
        for (const turn of dialogue.turns) {
          kinds.set(turn.kind, (kinds.get(turn.kind) ?? 0) + 1);
          const why = wrongAnswer(turn, dialogue, filmOf(dialogue));
          if (why !== undefined) wrong.push(`${turn.question} ${turn.answer} ${why}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    const turns = [...kinds.values()].reduce((sum, count) => sum + count, 0);
    expect(turns).toBeGreaterThan(350);
    expect([...kinds.keys()].sort()).toEqual([
      'brighter-clip',
      'camera',
      'camera-clip',
      'camera-is',
      'in-colour',
      'length',
      'longer-than',
      'more-shots-than',
      'shots',
      'sound',
      'text',
      'text-place',
      'upright',
      'video-length',
    ]);
  }, 120_000);

  it('would be found wrong if an answer were turned round', async () => {
    const [dialogue] = (await dialogues(1)).filter(({ turns }) =>
      turns.some(({ answer }) => /^(?:Yes|No)\b/.test(answer)),
    );
    const turn = dialogue!.turns.find(({ answer }) => /^(?:Yes|No)\b/.test(answer))!;
    const answer = turn.answer.startsWith('Yes') ? 'No.' : 'Yes.';
    expect(wrongAnswer({ ...turn, answer }, dialogue!, filmOf(dialogue!))).toContain('true is');
  }, 60_000);

  it('come in all forms, the same bytes again, with a manifest that says how they are made up', async () => {
    const args = ['generate', 'dialogue', dataset, '--name', 'again', '--json'];
    const once = await internvid(args);
    const manifest = await readFile(join(dataset, 'generated/again/manifest.json'), 'utf8');
    expect((await internvid(args)).out).toBe(once.out);
    expect(await readFile(join(dataset, 'generated/again/manifest.json'), 'utf8')).toBe(manifest);
    const { files, report } = JSON.parse(manifest) as {
      files: { name: string }[];
      report: { yes: number; no: number };
    };
    expect(files.map(({ name }) => name)).toEqual([
      'again-dialogues.jsonl',
      'again-videochat.jsonl',
      'again-llava-video.jsonl',
      'again-openai.jsonl',
    ]);
    expect(Math.abs(report.yes - report.no)).toBeLessThan(8);
  }, 60_000);

  it('say which formats there are where another is asked for', async () => {
    const { code, err } = await internvid(['generate', 'dialogue', dataset, '--format', 'alpaca']);
    expect(code).toBe(2);
    expect(err).toContain('dialogues, videochat, llava-video, openai');
  });
});
