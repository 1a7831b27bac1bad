import { memoryStore } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';

import { exportJsonl } from '../../src/index.js';
import { drawnSamples, streamed } from '../drawn-samples.js';

async function cardOf(count: number): Promise<string> {
  const store = memoryStore();
  const samples = await drawnSamples(store, count);
  const card = { title: 'Drawings', description: 'Squares and circles.', license: 'CC0-1.0' };
  await exportJsonl({
    samples: streamed(samples),
    store,
    prefix: 'exports/a',
    name: 'drawn',
    card,
  });
  return Buffer.from(await store.read('exports/a/README.md')).toString();
}

describe('the dataset card', () => {
  it('counts what is in the export', async () => {
    const text = await cardOf(6);
    expect(text).toMatch(/\n---\n\n# Drawings\n\nSquares and circles\.\n/);
    expect(text).toContain('| clips | 6 |');
    expect(text).toContain('| videos | 2 |');
    expect(text).toContain('| mean clip length, s | 2.5 |');
    expect(text).toContain(
      '| captions by length | under 10 words 2, 10 to 20 words 4, over 20 words 0 |',
    );
    expect(text).toContain(
      'CC0-1.0\n\nThe videos keep their own licences: CC-BY-4.0 3, unknown 3.',
    );
  });

  it('begins with what the hub reads: the data files above all', async () => {
    const [, head = ''] = (await cardOf(6)).split('---\n');
    expect(head).toContain('pretty_name: "Drawings"\nlicense: other\nlanguage: ["en"]\n');
    expect(head).toContain('size_categories: ["n<1K"]');
    expect(head).toContain('  - split: train\n    path: "drawn.jsonl"\n');
  });

  it('shows pictures that lie beside it, and names the steps with their thresholds', async () => {
    const store = memoryStore();
    const samples = streamed(await drawnSamples(store, 6));
    const steps = [{ step: 'split', part: 'too-short', settings: { minDurationMs: 2_000 } }];
    await exportJsonl({ samples, store, prefix: 'exports/a', name: 'drawn', card: { steps } });
    const text = Buffer.from(await store.read('exports/a/README.md')).toString();
    expect(text).toContain('| split | too-short | `{"minDurationMs":2000}` |');
    const pictures = [...text.matchAll(/!\[.*?\]\((.*?)\)/g)].map(([, file = '']) => file);
    expect(pictures).toContain('statistics/duration.svg');
    expect(pictures).toContain('statistics/score-aesthetic.svg');
    for (const file of pictures) expect(await store.stat(`exports/a/${file}`)).toBeDefined();
  });

  it('names what made each column, with its settings in one cell', async () => {
    const text = await cardOf(2);
    expect(text).toContain('| caption (fine) | drawn-captions 1 | `{"words":"ten \\| or so"}` |');
    expect(text).toContain('| score (aesthetic) | drawn-scores 1 | `{}` |');
  });

  it('says of an export of nothing that there is nothing', async () => {
    const text = await cardOf(0);
    expect(text).toContain('| clips | 0 |');
    expect(text).toContain('There are no clips.');
    expect(text).not.toMatch(/NaN|Infinity/);
  });
});
