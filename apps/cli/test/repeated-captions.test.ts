import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  captionsTable,
  fileStore,
  readManifest,
  readStepTable,
  rejectsTable,
  sha256,
  type Table,
} from '@internvid/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parseConfig } from '../src/config.js';
import { contentsOf, internvid } from './internvid.js';
import { loopbackChat, type LoopbackChat } from './loopback-chat.js';
import { drawSmallFilms } from './small-films.js';

const SAME = 'A person stands in a room and does something with both of their hands.';

describe('a model that says the same of different videos', () => {
  const state = { isStuck: true };
  let server: LoopbackChat;
  let folder: string;
  let films: readonly string[];
  let dataset: string;

  beforeAll(async () => {
    server = await loopbackChat(({ messages }) =>
      state.isStuck
        ? SAME
        : `A disc with the number ${sha256(JSON.stringify(messages)).slice(0, 8)} moves over a plain wall.`,
    );
    folder = await mkdtemp(join(tmpdir(), 'internvid-same-'));
    dataset = join(folder, 'dataset');
    const drawn = await drawSmallFilms(4);
    films = (await readdir(drawn)).sort().map((name) => join(drawn, name));
    await configure({});
  }, 120_000);
  afterAll(() => server.close());

  async function configure(more: object): Promise<void> {
    const model = { provider: 'openai', model: 'tiny', baseUrl: server.baseUrl };
    const caption = { model, scales: ['clip'], ...more };
    const config = { caption, split: { filters: 'none' } };
    await writeFile(join(folder, 'internvid.config.json'), JSON.stringify(config));
  }

  async function run(...args: string[]): Promise<string> {
    const { code, out, err } = await internvid(args, folder);
    expect({ args, code, err: code === 0 ? '' : err }).toEqual({ args, code: 0, err: '' });
    return out;
  }

  async function sampled(count: number): Promise<void> {
    await run('collect', ...films.slice(0, count), '--out', dataset);
    await run('split', dataset);
    await run('sample', dataset);
  }

  async function rows<Row>(name: string, table: Table<Row>): Promise<Row[]> {
    const store = fileStore(dataset);
    const { steps } = await readManifest(store);
    const found: Row[] = [];
    const key = { name, fingerprint: steps[name]?.fingerprint ?? '' };
    for await (const row of readStepTable(store, key, table)) found.push(row);
    return found;
  }

  it('is believed as long as only two videos show it', async () => {
    await sampled(2);
    await run('caption', dataset);
    const captions = await rows('caption', captionsTable);
    expect(captions.map(({ text }) => text)).toEqual([SAME, SAME, SAME, SAME]);
  }, 60_000);

  it('loses those captions when a third video has them, and no others', async () => {
    await sampled(3);
    const stuck = await internvid(['caption', dataset], folder);
    expect(stuck).toMatchObject({ code: 1 });
    expect(stuck.out).toContain('Nothing was kept by the step caption');
    expect(await rows('caption', captionsTable)).toEqual([]);

    state.isStuck = false;
    await sampled(4);
    await run('caption', dataset);
    expect(server.seen).toHaveLength(8);
    const kept = await rows('caption', captionsTable);
    expect(kept).toHaveLength(2);
    for (const { text } of kept) expect(text).toMatch(/^A disc with the number/);
  }, 60_000);

  it('leaves them as drafts and among the rejects, and out of every export', async () => {
    expect(await rows('draft', captionsTable)).toHaveLength(8);
    const rejects = await rows('caption', rejectsTable);
    expect(rejects.map(({ reason, record }) => [reason, record?.['caption']])).toEqual(
      Array(6).fill(['repeated-caption', expect.objectContaining({ text: SAME })]),
    );
    expect(await run('status', dataset)).toMatch(
      /quarantine-captions +8 +2 +6 +0 +repeated-caption 6/,
    );
    await run('export', dataset, '--format', 'jsonl');
    const exported = await readdir(join(dataset, 'exports'), { recursive: true });
    const [file = ''] = exported.filter((name) => /\.jsonl$/.test(name));
    const text = await readFile(join(dataset, 'exports', file), 'utf8');
    expect(text).toContain('A disc with the number');
    expect(text).not.toContain(SAME);
    await run('validate', dataset);
  }, 60_000);

  it('are the same bytes when nothing is new, also after a shard was lost', async () => {
    const before = await contentsOf(dataset);
    await run('caption', dataset);
    expect(await contentsOf(dataset)).toEqual(before);
    const reports = join(dataset, 'reports', 'caption');
    const [lost = ''] = (await readdir(reports, { recursive: true })).filter((name) =>
      name.endsWith('.json'),
    );
    await rm(join(reports, lost));
    await run('caption', dataset);
    expect(await contentsOf(dataset)).toEqual(before);
    expect(server.seen).toHaveLength(8);
  }, 60_000);

  it('is kept where the config says so, without asking again', async () => {
    await configure({ repeated: false });
    await run('caption', dataset);
    expect(await rows('caption', captionsTable)).toHaveLength(8);
    expect(server.seen).toHaveLength(8);
  }, 60_000);

  it('is no matter where nothing but measurement captions', () => {
    const parsed = parseConfig({ caption: { repeated: { minVideos: 5 } } });
    expect('faults' in parsed && parsed.faults).toEqual([
      'caption.repeated: needs a second captioner: set caption.model or caption.captioner',
    ]);
    const strange = parseConfig({ caption: { model: 'openai:m', repeated: { minVideos: 1 } } });
    expect(strange).toHaveProperty('faults');
  });
});
