import { memoryStore } from '@internvid/core/testing';
import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';

import {
  DEFAULT_CAPTION_PREFERENCE,
  statisticsCounter,
  statisticsPictures,
  type Sample,
} from '../../src/index.js';
import { countWords } from '../../src/statistics/count-words.js';
import { histogram } from '../../src/statistics/histogram.js';
import { drawnSamples } from '../drawn-samples.js';

describe('histogram', () => {
  it('counts every value once, in bins that hold it', () => {
    const values = Array.from({ length: 1_000 }, (_, at) => ((at * 7919) % 1_000) / 10 - 20);
    const counted = histogram(0.01);
    values.forEach((value) => counted.add(value));
    const bins = counted.bins();
    expect(bins.length).toBeLessThanOrEqual(30);
    for (const { from, to, count } of bins)
      expect(count).toBe(values.filter((value) => value >= from && value < to).length);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });

  it('gives the same bins in any order', () => {
    const values = [0.013, 500, -3, 17, 17.2, 0];
    const [one, other] = [histogram(0.01), histogram(0.01)];
    values.forEach((value) => one.add(value));
    [...values].reverse().forEach((value) => other.add(value));
    expect(other.bins()).toEqual(one.bins());
  });

  it('has no bins without values', () => {
    expect(histogram(1).bins()).toEqual([]);
  });
});

describe('countWords', () => {
  it.each([
    ["It's 3.5 m long, well-known", 6],
    ['Ein Café — schön!', 3],
    ['猫が走る', 3],
    ["'.a.'b'' . ..c", 3],
    ['  ', 0],
  ])('counts %j', (text, words) => {
    expect(countWords(text)).toBe(words);
  });

  it('counts plain English as the segmenter of Unicode does', () => {
    const text = "Don't stop: U.S. cars cost 1.5, 'quoted' e.g. x_y a.b 12:30 rock-n-roll. End";
    const segments = new Intl.Segmenter('en', { granularity: 'word' }).segment(text);
    const expected = [...segments]
      .filter(({ isWordLike }) => isWordLike)
      .map(({ segment }) => segment);
    expect(countWords(text)).toBe(expected.length);
  });
});

async function counted(change: (sample: Sample) => Sample = (sample) => sample) {
  const counter = statisticsCounter();
  for (const sample of await drawnSamples(memoryStore(), 6))
    counter.add(change(sample), DEFAULT_CAPTION_PREFERENCE);
  return counter.result();
}

describe('statistics of a dataset', () => {
  it('are those of its samples', async () => {
    const { distributions, counts, ...totals } = await counted();
    expect(totals).toMatchObject({ samples: 6, videos: 2 });
    expect(totals.hours).toBeCloseTo((6 * 2500 + 15) / 3_600_000, 9);
    const aesthetic = distributions.find(({ name }) => name === 'score-aesthetic');
    expect(aesthetic?.mean).toBeCloseTo(4.25, 9);
    expect(aesthetic?.bins.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(counts.find(({ name }) => name === 'resolution')?.of).toEqual([
      { name: '360p to 511p', count: 6 },
    ]);
    expect(counts.find(({ name }) => name === 'verbs')?.of[0]).toEqual({ name: 'move', count: 2 });
  });

  it('are drawn as SVG that a reader takes, whatever the names hold', async () => {
    const odd = '<b>&"\u0000 ]]> 🎬 \ud800 a very long name of a licence that goes on';
    const statistics = await counted((sample) => ({
      ...sample,
      clip: { ...sample.clip, video: { ...sample.clip.video, license: odd } },
      scores: [{ ...sample.captions[0]!, name: 'Öl / 1', value: -0.0001 }],
    }));
    const pictures = statisticsPictures(statistics);
    expect(pictures.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['duration', 'caption-length', 'score-ol-1', 'license', 'nouns']),
    );
    for (const { svg } of pictures) {
      const { width, height } = await sharp(Buffer.from(svg)).metadata();
      expect(width).toBe(640);
      expect(height).toBeGreaterThan(60);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('gives pictures of one file name names of their own', async () => {
    const statistics = await counted((sample) => ({
      ...sample,
      scores: ['a b', 'a-b'].map((name) => ({ ...sample.captions[0]!, name, value: 1 })),
    }));
    const names = statisticsPictures(statistics).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
