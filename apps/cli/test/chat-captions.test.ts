import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import {
  captionsTable,
  fileStore,
  readManifest,
  readStepTable,
  scoresTable,
  type Caption,
} from '@internvid/core';
import { structuredCaptionsTable, videoSummariesTable } from '@internvid/captioner';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parseConfig } from '../src/config.js';
import { internvid } from './internvid.js';
import { drawSmallFilms } from './small-films.js';

type Body = {
  readonly model: string;
  readonly response_format?: unknown;
  readonly messages: readonly { content: unknown }[];
};

const FIELDS = {
  subject: 'A red disc',
  action: 'It moves',
  setting: '',
  camera: '',
  style: 'Drawn',
  onScreenText: [],
  sounds: '',
};
const SUMMARY = {
  summary: 'Drawn things move.',
  chapters: [{ firstClip: 1, title: 'Drawn', summary: 'A disc and a star move.' }],
};

/** Counts requests and answers each in the form that it asks for. */
function answer(body: Body): string {
  const hasPictures = JSON.stringify(body.messages).includes('image_url');
  if (body.response_format === undefined)
    return 'A drawn disc moves to the right over a plain wall.';
  return JSON.stringify(hasPictures ? FIELDS : SUMMARY);
}

describe('captions by a chat model', () => {
  const seen: Body[] = [];
  let server: Server;
  let folder: string;
  let dataset: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      void json(request).then((body) => {
        seen.push(body as Body);
        const message = { role: 'assistant', content: answer(body as Body) };
        const usage = { prompt_tokens: 1_000, completion_tokens: 10, total_tokens: 1_010 };
        const choices = [{ index: 0, message, finish_reason: 'stop' }];
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({
            id: '1',
            object: 'chat.completion',
            created: 1,
            model: 'tiny',
            choices,
            usage,
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    folder = await mkdtemp(join(tmpdir(), 'internvid-chat-'));
    dataset = join(folder, 'dataset');
    const caption = {
      model: { provider: 'openai', model: 'tiny', baseUrl },
      structured: true,
      summaries: true,
      prices: { tiny: { inputPerMillion: 1, outputPerMillion: 10 } },
    };
    const config = { caption, split: { filters: 'none' } };
    await writeFile(join(folder, 'internvid.config.json'), JSON.stringify(config));
    const films = await drawSmallFilms(1);
    for (const args of [
      ['collect', films, '--out', dataset],
      ['split', dataset],
      ['sample', dataset],
    ]) {
      const { code, err } = await internvid(args, folder);
      if (code !== 0) throw new Error(err);
    }
  }, 120_000);
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function rows<Row>(
    name: string,
    table: Parameters<typeof readStepTable<Row>>[2],
  ): Promise<Row[]> {
    const store = fileStore(dataset);
    const { steps } = await readManifest(store);
    const found: Row[] = [];
    const key = { name, fingerprint: steps[name]?.fingerprint ?? '' };
    for await (const row of readStepTable(store, key, table)) found.push(row);
    return found;
  }

  it('are shown and forecast before anything is sent', async () => {
    const shown = await internvid(['caption', dataset, '--dry-run'], folder);
    const { requests } = JSON.parse(shown.out) as { requests: { scale: string; prompt: string }[] };
    expect(requests.map(({ scale, prompt }) => [scale, prompt])).toEqual([
      ['coarse', 'frame@1'],
      ['clip', 'clip@1'],
    ]);
    const planned = await internvid(['plan', dataset, '--json'], folder);
    expect(JSON.parse(planned.out)).toMatchObject({
      clips: { value: 2, basis: 'counted' },
      requests: { value: 4, basis: 'counted' },
      usd: { basis: 'assumed' },
    });
    expect(seen).toHaveLength(0);
  });

  it('are forecast from a measured sample, which is not paid for again', async () => {
    const planned = await internvid(['plan', dataset, '--measure', '1', '--json'], folder);
    expect(JSON.parse(planned.out)).toMatchObject({ requests: { value: 4, basis: 'measured' } });
    expect(seen).toHaveLength(2);
    const { code, err } = await internvid(['caption', dataset], folder);
    expect(code).toBe(0);
    // Two of four captions were there; then two structured ones and a summary.
    expect(seen).toHaveLength(7);
    expect(err).toContain(
      '5 requests, 5,000 input and 50 output tokens, $0.0055; 2 answers from earlier runs',
    );
  });

  it('stand in their tables', async () => {
    const captions: Caption[] = await rows('caption', captionsTable);
    expect(captions.map(({ scale }) => scale)).toEqual(['coarse', 'clip', 'coarse', 'clip']);
    expect(captions[0]?.by.config).toMatchObject({ provider: 'openai', model: 'tiny' });
    expect(await rows('describe', structuredCaptionsTable)).toMatchObject([FIELDS, FIELDS]);
    const [summary] = await rows('summarise', videoSummariesTable);
    expect(summary).toMatchObject({
      summary: SUMMARY.summary,
      chapters: [{ startMs: 0, title: 'Drawn' }],
    });
    expect(await internvid(['validate', dataset], folder)).toMatchObject({ code: 0 });
  });

  it('are merged by another model where the config names one for texts', async () => {
    const path = join(folder, 'internvid.config.json');
    const { caption } = JSON.parse(await readFile(path, 'utf8')) as { caption: { model: object } };
    const textModel = { ...caption.model, model: 'writer' };
    const settings = {
      model: caption.model,
      textModel,
      scales: ['fine'],
      prices: {
        tiny: { inputPerMillion: 1, outputPerMillion: 10 },
        writer: { inputPerMillion: 0, outputPerMillion: 0 },
      },
    };
    await writeFile(join(folder, 'writer.json'), JSON.stringify({ caption: settings }));
    const before = seen.length;
    const args = ['caption', dataset, '--config', 'writer.json'];
    const { code, err } = await internvid(args, folder);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const asked = seen.slice(before).map((body) => body.model);
    expect(asked.filter((name) => name === 'writer')).toHaveLength(2);
    const frames = asked.length - 2;
    const money = (frames * (1_000 + 10 * 10)) / 1_000_000;
    expect(err).toContain(`$${money.toFixed(4)}`);
    const planned = await internvid(['plan', dataset, '--config', 'writer.json', '--json'], folder);
    // The middle frames were asked about before.
    expect(JSON.parse(planned.out)).toMatchObject({ requests: { value: asked.length + 2 } });
  });

  it('are asked for only where a rule sends a clip, and are held against what was measured', async () => {
    const path = join(folder, 'internvid.config.json');
    const { caption } = JSON.parse(await readFile(path, 'utf8')) as { caption: { model: object } };
    const run = async (settings: object): Promise<{ sent: number; out: string }> => {
      const config = { caption: { model: caption.model, scales: ['clip'], ...settings } };
      await writeFile(join(folder, 'routed.json'), JSON.stringify(config));
      const before = seen.length;
      const args = ['caption', dataset, '--config', 'routed.json'];
      const { code, err } = await internvid(args, folder);
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      const status = await internvid(['status', dataset], folder);
      return { sent: seen.length - before, out: status.out };
    };
    const cheap = await run({ route: ['cheap.words > 1000'] });
    expect(cheap.sent).toBe(0);
    expect(cheap.out).toContain('captioned-by-cheap 2');
    const costly = await run({ route: ['cheap.words > 0'], grounding: 'mark', temperature: 0 });
    expect(costly.sent).toBe(2);
    expect(costly.out).toContain('captioned-by-costly 2');
    expect(costly.out).toMatch(/ground-captions +2 +2 /);
    const captions: Caption[] = await rows('caption', captionsTable);
    expect(captions.map(({ by }) => by.name)).toEqual(['chat', 'chat']);
    const scores = await rows('caption', scoresTable);
    expect(scores.map(({ name }) => name)).toContain('caption-contradictions-clip');
    const select = [
      'select',
      dataset,
      '--name',
      'agreed',
      '--where',
      'caption-contradictions-clip = 0',
    ];
    expect(await internvid(select, folder)).toMatchObject({ code: 0 });
    expect(await internvid(['validate', dataset], folder)).toMatchObject({ code: 0 });
  });
});

describe("the config's caption", () => {
  it.each([
    [{ model: 'gpt-5' }, 'caption.model: must be "provider:model"'],
    [
      { model: { provider: 'openai', model: 'm', baseUrl: 'ftp://x' } },
      'caption.model.baseUrl: Invalid URL',
    ],
    [{ scales: ['clip'] }, 'caption.scales: needs a chat model'],
    [{ model: 'openai:m', scales: ['video'] }, 'caption.scales.0:'],
    [{ model: 'openai:m', budget: { euros: 1 } }, 'caption.budget: Unrecognized key'],
    [{ route: ['cheap.found = 0'] }, 'caption.route: needs a second captioner'],
    [{ model: 'openai:m', route: ['nothing found'] }, 'caption.route.0:'],
  ])('says what is wrong with %j', (caption, fault) => {
    const parsed = parseConfig({ caption });
    expect('faults' in parsed && parsed.faults.join('\n')).toContain(fault);
  });

  it('takes a chat model by name, by address, or made elsewhere', () => {
    const models = [
      'anthropic:some-model',
      { provider: 'ollama', model: 'm' },
      { invoke: () => 'x' },
    ];
    for (const model of models)
      expect(parseConfig({ caption: { model } })).toHaveProperty('config');
  });
});
