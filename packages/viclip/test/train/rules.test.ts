import { describe, expect, it } from '@jest/globals';

import { clippingScale, decays, gradientNorm, updateWeights } from '../../src/train/adamw.js';
import { batchAccuracy, exclusions, softTargets } from '../../src/train/contrastive-loss.js';
import { dropFactors } from '../../src/train/drop-path.js';
import { graphSession, type Numbers } from '../../src/train/graph-session.js';
import { keptCount, keptPlaces, keptTokenCount, keptTokensOf } from '../../src/train/mask.js';
import { rateAt } from '../../src/train/schedule.js';
import { lossGraph } from '../../src/train/training-graph.js';
import { seededValues } from '../../src/weights/seeded.js';
import { SMALL } from '../small-model.js';

describe('keptPlaces', () => {
  it('keeps the published number of tokens, each once, in their order', () => {
    const kept = keptPlaces('clip', 1568, keptCount(1568, 0.9));
    expect(kept).toHaveLength(157);
    expect(new Set(kept).size).toBe(157);
    expect([...kept]).toEqual([...kept].sort((a, b) => a - b));
    expect(kept.at(-1)).toBeLessThan(1568);
  });

  it('keeps every place about as often as any other', () => {
    const counts = new Array<number>(8).fill(0);
    for (let clip = 0; clip < 4000; clip++) {
      for (const place of keptPlaces(`clip-${clip}`, 8, 2)) counts[place]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('keeps all without masking', () => {
    expect([...keptPlaces('clip', 5, keptCount(5, 0))]).toEqual([0, 1, 2, 3, 4]);
    expect(() => keptCount(5, 1)).toThrow('from 0 to below 1, got 1');
  });
});

describe('keptTokensOf', () => {
  const grid = { places: 49, frames: 8 };

  it('keeps the same places in all frames with tubes', () => {
    const kept = keptTokenCount(grid, 0.9, 'tube');
    expect(kept).toBe(5 * 8);
    const tokens = [...keptTokensOf('clip', grid, { kept, unit: 'tube' })];
    expect(new Set(tokens).size).toBe(kept);
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    for (let at = 0; at < kept; at += 8) {
      const first = tokens[at]!;
      expect(first % 8).toBe(0);
      expect(tokens.slice(at, at + 8)).toEqual(Array.from({ length: 8 }, (_, f) => first + f));
    }
  });

  it('draws each token by itself without them', () => {
    const kept = keptTokenCount(grid, 0.9, 'token');
    expect(kept).toBe(392 - 352);
    expect(keptTokensOf('clip', grid, { kept, unit: 'token' })).toEqual(
      keptPlaces('clip', 392, kept),
    );
  });
});

describe('rateAt', () => {
  it('rises to the highest rate and falls along a cosine to a hundredth', () => {
    const schedule = { learningRate: 2, updates: 110, warmup: 10 };
    const rates = [0, 5, 10, 35, 60, 110].map((update) => rateAt(schedule, update));
    const expected = [0.02, 1, 2, 1 + Math.SQRT1_2, 1, 0.02];
    rates.forEach((rate, at) => expect(rate).toBeCloseTo(expected[at]!, 12));
  });
});

describe('updateWeights', () => {
  const settings = { betas: [0.9, 0.98], epsilon: 1e-8, weightDecay: 0.2 } as const;
  const step = (decaying: boolean): Float32Array => {
    const weights = Float32Array.of(1, -2, 0.5);
    const moments = { weights, first: new Float32Array(3), second: new Float32Array(3) };
    const gradient = Float32Array.of(10, -0.001, 0);
    const update = { gradient, scale: 1, rate: 0.1, step: 1, settings, decays: decaying };
    updateWeights(moments, update);
    return weights;
  };

  it('first moves every weight by the rate against its gradient, whatever its size', () => {
    [0.9, -1.9, 0.5].forEach((value, at) => expect(step(false)[at]).toBeCloseTo(value, 4));
  });

  it('takes the decay from the weight before, apart from the gradient', () => {
    [0.88, -1.86, 0.49].forEach((value, at) => expect(step(true)[at]).toBeCloseTo(value, 4));
  });
});

describe('decays', () => {
  it('spares what the published rule spares, and not the table of words', () => {
    expect(decays('vision_encoder.temporal_positional_embedding', [1, 8, 768])).toBe(false);
    expect(decays('vision_encoder.positional_embedding', [197, 768])).toBe(false);
    expect(decays('text_encoder.ln_final.weight', [512])).toBe(false);
    expect(decays('text_encoder.token_embedding.weight', [49_408, 512])).toBe(true);
    expect(decays('vision_encoder.conv1.weight', [768, 3, 1, 16, 16])).toBe(true);
  });
});

describe('clippingScale', () => {
  it('shortens what is longer than allowed and nothing else', () => {
    const norm = gradientNorm([Float32Array.of(3), Float32Array.of(0, 4)]);
    expect(norm).toBe(5);
    expect(clippingScale(norm, 1)).toBeCloseTo(0.2, 6);
    expect(clippingScale(norm, 10)).toBe(1);
    expect(clippingScale(norm, undefined)).toBe(1);
  });
});

describe('dropFactors', () => {
  it('keeps the mean of a branch', () => {
    const factors = dropFactors('block', 20_000, 0.25);
    expect(new Set(factors)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(factors.reduce((sum, factor) => sum + factor, 0) / 20_000).toBeCloseTo(1, 1);
  });
});

describe('the contrastive loss', () => {
  const rows = (name: string): Numbers => ({
    values: seededValues(name, 3 * SMALL.dimension, { amplitude: 1 }),
    sizes: [3, SMALL.dimension],
  });
  const given = new Map<string, Numbers>([
    ['videos', rows('videos')],
    ['texts', rows('texts')],
    ['temp', { values: Float32Array.of(0.8), sizes: [] }],
    ['targets', { values: softTargets([4, 9, 4]), sizes: [3, 3] }],
  ]);
  const cases: Readonly<Record<string, readonly (string | undefined)[]>> = {
    'all pairs count': [],
    'clips of one video are no negatives of each other': ['a', 'a', undefined],
  };

  it('shares the target of a row among samples of one id', () => {
    expect([...softTargets([4, 9, 4])]).toEqual([0.5, 0, 0.5, 0, 1, 0, 0.5, 0, 0.5]);
  });

  it('leaves out pairs of one group, but for right answers', () => {
    expect([...exclusions([4, 9, 4], ['a', 'a', 'a'])].map((one) => one < 0)).toEqual(
      [0, 1, 0, 1, 0, 1, 0, 1, 0].map((one) => one === 1),
    );
    expect([...exclusions([1, 2], [undefined, undefined])]).toEqual([0, 0, 0, 0]);
  });

  it('is that of the smaller batch where all others of a clip are of its group', async () => {
    await using session = await graphSession(lossGraph(SMALL).bytes, { threads: 1 });
    const pair = (values: Float32Array): Numbers => ({ values, sizes: [2, 2] });
    const two = new Map(given).set('targets', pair(softTargets([1, 2])));
    for (const name of ['videos', 'texts']) {
      const values = given.get(name)!.values.slice(0, 2 * SMALL.dimension);
      two.set(name, { values, sizes: [2, SMALL.dimension] });
    }
    const run = async (groups: readonly string[]): Promise<number> => {
      const all = new Map(two).set('exclusions', pair(exclusions([1, 2], groups)));
      return (await session.run((name) => all.get(name)!)).get('loss')![0]!;
    };
    expect(await run(['a', 'a'])).toBeCloseTo(0, 12);
    expect(await run(['a', 'b'])).toBeGreaterThan(0.01);
  });

  it('tells the share of clips whose nearest text is right among those that count', () => {
    const targets = softTargets([1, 2]);
    const cosines = [0.9, 0.1, 0.8, 0.2];
    expect(batchAccuracy({ cosines, targets, exclusions: exclusions([1, 2]) })).toBe(0.5);
    expect(batchAccuracy({ cosines, targets, exclusions: exclusions([1, 2], ['a', 'a']) })).toBe(1);
  });

  it.each(Object.keys(cases))('has the gradients of finite differences where %s', async (name) => {
    given.set('exclusions', { values: exclusions([4, 9, 4], cases[name]), sizes: [3, 3] });
    await using session = await graphSession(lossGraph(SMALL).bytes, { threads: 1 });
    const loss = async (): Promise<number> =>
      (await session.run((name) => given.get(name)!)).get('loss')![0]!;
    const outputs = await session.run((name) => given.get(name)!);
    for (const [input, output] of [
      ['videos', 'at-videos'],
      ['texts', 'at-texts'],
      ['temp', 'gradient/temp'],
    ] as const) {
      const values = given.get(input)!.values;
      for (const [at, start] of [...values].slice(0, 30).entries()) {
        values[at] = start + 1 / 64;
        const above = await loss();
        values[at] = start - 1 / 64;
        const slope = (above - (await loss())) * 32;
        values[at] = start;
        expect(Math.abs(slope - outputs.get(output)![at]!)).toBeLessThan(
          2e-3 * (1 + Math.abs(slope)),
        );
      }
    }
  });
});
