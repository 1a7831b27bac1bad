import { existsSync } from 'node:fs';
import { mkdtemp, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { clipsTable, fileStore, readManifest, readStepTable, type Span } from '@internvid/core';

import { internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

const TINY_CLIP = fileURLToPath(
  new URL('../../../../shared/golden/tiny-models/tiny-clip', import.meta.url),
);
const describeWithClip = existsSync(join(TINY_CLIP, 'config.json')) ? describe : describe.skip;

let folder: string;
let number = 0;

/** Runs collect, and what else is asked for, on the film with a config, and gives the spans of its clips. */
async function clipsWith(config: object, steps: readonly string[]): Promise<readonly Span[]> {
  const dataset = join(folder, `d${(number += 1)}`);
  await writeFile(join(folder, 'c.json'), JSON.stringify(config));
  for (const step of steps) {
    const args =
      step === 'run' || step === 'collect'
        ? [step, join(folder, 'film.mp4'), '--out', dataset]
        : [step, dataset];
    const { code, err } = await internvid([...args, '--config', join(folder, 'c.json')]);
    expect({ step, code, err: code === 0 ? '' : err }).toEqual({ step, code: 0, err: '' });
  }
  const store = fileStore(dataset);
  const { steps: done } = await readManifest(store);
  const key = { name: 'split', fingerprint: done['split']?.fingerprint ?? '' };
  const spans: Span[] = [];
  for await (const { span } of readStepTable(store, key, clipsTable)) spans.push(span);
  return spans;
}

beforeAll(async () => {
  const films = await drawSmallFilms(1);
  folder = await mkdtemp(join(tmpdir(), 'internvid-cli-'));
  await rename(join(films, 'film 0.mp4'), join(folder, 'film.mp4'));
  await writeFile(
    join(folder, 'film.srt'),
    '1\n00:00:00,900 --> 00:00:01,300\nA red circle moves on\n',
  );
});

describe('a split of a film with a transcript', () => {
  const split = { filters: 'none', minClipMs: 100, maxClipMs: 1500 };

  it('parts a long shot where nobody speaks', async () => {
    const apart = await clipsWith({ split }, ['collect', 'split']);
    expect(apart[0]).toEqual({ startMs: 0, endMs: 1100 });
    const config = { split, transcribe: { from: 'subtitles' } };
    const between = await clipsWith(config, ['run']);
    expect(between).toHaveLength(apart.length);
    expect([0.8, 1.4]).toContain((between[0]?.endMs ?? 0) / 1000);
    expect(between[1]?.startMs).toBe(between[0]?.endMs);
    expect(between.slice(2)).toEqual(apart.slice(2));
  });
});

describeWithClip('a split with a model that embeds pictures', () => {
  it('joins the shots that the model calls alike, and says which model it was', async () => {
    const of = (minCosine: number): object => ({
      split: { filters: 'none', stitch: { model: TINY_CLIP, minCosine, minInnerCosine: -1 } },
    });
    expect(await clipsWith(of(1), ['collect', 'split'])).toHaveLength(2);
    const joined = await clipsWith(of(-1), ['collect', 'split']);
    expect(joined).toEqual([{ startMs: 0, endMs: 4600 }]);
  });
});
