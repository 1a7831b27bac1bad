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
    expect(text).toMatch(/^# Drawings\n\nSquares and circles\.\n/);
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
