import { runStage } from '@internvid/core/testing';
import type { JsonObject } from '@internvid/core';
import { describe, expect, it } from '@jest/globals';
import type { VideoCandidate } from '../../src/download/candidate.js';
import { applyQuotas, type ApplyQuotasOptions } from '../../src/query/apply-quotas.js';

const candidate = (id: string, metadata: JsonObject, license?: string): VideoCandidate => ({
  id,
  url: `https://h.example/${id}`,
  via: 'http',
  metadata,
  ...(license === undefined ? {} : { license }),
});

const run = (
  options: ApplyQuotasOptions,
  items: readonly VideoCandidate[],
): ReturnType<typeof runStage<VideoCandidate, VideoCandidate>> =>
  runStage(applyQuotas(options), items);

const many = Array.from({ length: 40 }, (_, index) =>
  candidate(`v${index}`, {
    channelId: `c${index % 4}`,
    language: index % 2 === 0 ? 'en' : 'ja',
    uploadDate: `20${10 + (index % 10)}-03-04`,
  }),
);

describe('quotas', () => {
  it('keep at most so many of each value, and account for the others', async () => {
    const { outputs, dropped, kept } = await run({ quotas: [{ by: 'channel', max: 3 }] }, many);
    expect(kept).toBe(12);
    expect(dropped).toHaveLength(28);
    for (const channel of ['c0', 'c1', 'c2', 'c3']) {
      expect(outputs.filter(({ metadata }) => metadata.channelId === channel)).toHaveLength(3);
    }
  });

  it('keep the same candidates whatever order they come in, and others with another seed', async () => {
    const options = { quotas: [{ by: 'all', max: 10 }] } as const;
    const ids = (items: readonly VideoCandidate[]): string[] => items.map(({ id }) => id).sort();
    const { outputs } = await run(options, many);
    const reversed = await run(options, [...many].reverse());
    const seeded = await run({ ...options, seed: 1 }, many);
    expect(ids(reversed.outputs)).toEqual(ids(outputs));
    expect(ids(seeded.outputs)).not.toEqual(ids(outputs));
    expect(outputs.map(({ id }) => many.findIndex((item) => item.id === id))).toEqual(
      outputs.map(({ id }) => many.findIndex((item) => item.id === id)).sort((a, b) => a - b),
    );
  });

  it('hold together: a candidate that one quota drops does not use up another', async () => {
    const quotas = [
      { by: 'language', max: 5, perValue: { ja: 1 } },
      { by: 'year', max: 4 },
    ] as const;
    const { outputs, dropped } = await run({ quotas }, many);
    expect(outputs.filter(({ metadata }) => metadata.language === 'ja')).toHaveLength(1);
    expect(outputs.filter(({ metadata }) => metadata.language === 'en')).toHaveLength(5);
    expect(new Set(dropped.map(({ reason }) => reason))).toEqual(new Set(['over-quota-language']));
  });

  it('count by query, category, country, licence and month where those are known', async () => {
    const two = (metadata: JsonObject, license?: string): VideoCandidate[] => [
      candidate('1', metadata, license),
      candidate('2', metadata, license),
    ];
    const reasonOf = async (
      by: 'query' | 'query-category' | 'category' | 'country' | 'license' | 'month',
      items: VideoCandidate[],
    ): Promise<string[]> =>
      (await run({ quotas: [{ by, max: 1 }] }, items)).dropped.map(({ reason }) => reason);
    expect(await reasonOf('query', two({ query: 'x' }))).toEqual(['over-quota-query']);
    expect(await reasonOf('query-category', two({ queryCategory: 'x' }))).toEqual([
      'over-quota-query-category',
    ]);
    expect(await reasonOf('category', two({ categories: ['Music', 'Art'] }))).toEqual([
      'over-quota-category',
    ]);
    expect(await reasonOf('country', two({ location: 'Japan' }))).toEqual(['over-quota-country']);
    expect(await reasonOf('license', two({}, 'CC-BY'))).toEqual(['over-quota-license']);
    expect(await reasonOf('month', two({ uploadDate: '20230405' }))).toEqual(['over-quota-month']);
    expect(await reasonOf('month', two({ uploadDate: 'lately' }))).toEqual([]);
  });

  it('leave out what is not known, or drop it where they are told to', async () => {
    const items = [candidate('1', {}), candidate('2', {}), candidate('3', { language: 'en' })];
    expect((await run({ quotas: [{ by: 'language', max: 1 }] }, items)).kept).toBe(3);
    const strict = await run({ quotas: [{ by: 'language', max: 1, unknown: 'drop' }] }, items);
    expect(strict.dropped.map(({ reason }) => reason)).toEqual([
      'unknown-language',
      'unknown-language',
    ]);
  });

  it('are not fooled by values that are names of methods', async () => {
    const items = [
      candidate('1', { channel: 'constructor' }),
      candidate('2', { channel: '__proto__' }),
    ];
    expect((await run({ quotas: [{ by: 'channel', max: 0, perValue: {} }] }, items)).kept).toBe(0);
  });

  it('refuse numbers that are none', () => {
    expect(() => applyQuotas({ quotas: [{ by: 'all', max: -1 }] })).toThrow(RangeError);
    expect(() => applyQuotas({ quotas: [{ by: 'all', max: 1, perValue: { x: 0.5 } }] })).toThrow(
      RangeError,
    );
    expect(() => applyQuotas({ quotas: [] })).toThrow(TypeError);
  });

  it('give nothing for nothing', async () => {
    expect((await run({ quotas: [{ by: 'all', max: 1 }] }, [])).outputs).toEqual([]);
  });
});
