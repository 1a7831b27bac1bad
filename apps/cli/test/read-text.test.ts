import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { detectionsTable, fileStore, readManifest, readStepTable } from '@internvid/core';
import { drawFilm } from '@internvid/core/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { parseConfig } from '../src/config.js';
import { internvid } from './internvid.js';
import { loopbackChat, type LoopbackChat } from './loopback-chat.js';

const FIELDS = {
  subject: 'A red disc',
  action: 'It moves',
  setting: '',
  camera: '',
  style: 'Drawn',
  onScreenText: ['HARBOUR'],
  sounds: '',
};

describe('text that is read in the frames', () => {
  let server: LoopbackChat;
  let folder: string;
  let dataset: string;

  beforeAll(async () => {
    server = await loopbackChat(({ response_format: format }) =>
      format === undefined
        ? 'A drawn disc moves to the right over a plain wall.'
        : JSON.stringify(FIELDS),
    );
    folder = await mkdtemp(join(tmpdir(), 'internvid-read-'));
    dataset = join(folder, 'dataset');
    await mkdir(join(folder, 'films'));
    await drawFilm(
      {
        name: 'harbour',
        width: 640,
        height: 360,
        frameRate: { num: 25, den: 1 },
        shots: [
          {
            frames: 60,
            backdrop: { kind: 'gradient', from: 'black', to: 'black' },
            actors: [],
            text: { words: 'HARBOUR', at: 'middle', size: 0.15 },
          },
        ],
      },
      join(folder, 'films', 'harbour.mp4'),
    );
    const model = { provider: 'openai', model: 'tiny', baseUrl: server.baseUrl };
    const caption = { model, scales: ['clip'], structured: true, readText: true };
    const config = { caption, split: { filters: 'none' } };
    await writeFile(join(folder, 'internvid.config.json'), JSON.stringify(config));
    for (const args of [
      ['collect', 'films', '--out', dataset],
      ['split', dataset],
      ['sample', dataset],
    ]) {
      const { code, err } = await internvid(args, folder);
      if (code !== 0) throw new Error(err);
    }
  }, 120_000);
  afterAll(() => server.close());

  it('is said to be missing where requests are shown before it is read', async () => {
    const { err, out } = await internvid(['caption', dataset, '--dry-run'], folder);
    expect(err).toContain('it is left out here');
    expect(out).not.toContain('HARBOUR');
  }, 30_000);

  it('is told to the model inside the fence, for captions and for named fields', async () => {
    const { code, err } = await internvid(['caption', dataset], folder);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    expect(server.seen).toHaveLength(2);
    for (const { messages } of server.seen) {
      const fence = /<<<DATA [0-9a-f]{12}\n(.*)\nDATA/.exec(textOf(messages))?.[1];
      expect(JSON.parse(fence ?? '{}')).toMatchObject({ onScreenText: 'HARBOUR' });
    }
    const { out } = await internvid(['caption', dataset, '--dry-run'], folder);
    expect(out).toContain('HARBOUR');
  }, 120_000);

  it('stands among the detections of the captioned clips', async () => {
    const store = fileStore(dataset);
    const { steps } = await readManifest(store);
    const key = { name: 'caption', fingerprint: steps['caption']?.fingerprint ?? '' };
    const labels = new Set<string>();
    for await (const { label } of readStepTable(store, key, detectionsTable)) labels.add(label);
    expect([...labels]).toContain('HARBOUR');
    const { out } = await internvid(['status', dataset], folder);
    expect(out).toMatch(/look +caption-clips +1 +1 /);
  });

  it('is read anyway where there is a route', () => {
    const parsed = parseConfig({ caption: { model: 'openai:m', route: [], readText: true } });
    expect('faults' in parsed && parsed.faults.join('\n')).toContain('caption.readText:');
  });
});

function textOf(messages: readonly { readonly content: unknown }[]): string {
  return messages
    .flatMap(({ content }) => (Array.isArray(content) ? (content as { text?: string }[]) : []))
    .map(({ text = '' }) => text)
    .join('\n');
}
