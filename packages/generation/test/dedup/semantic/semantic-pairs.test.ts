import { describe, expect, it } from '@jest/globals';
import type { Embedding } from '@internvid/core';

import type { ComparedClip } from '../../../src/dedup/copies.js';
import { semanticPairs } from '../../../src/dedup/semantic/semantic-pairs.js';
import {
  countsAtThresholds,
  similarityChart,
} from '../../../src/dedup/semantic/similarity-chart.js';
import { cosine, holdVectors } from '../../../src/dedup/semantic/vectors.js';
import { randomOf, streamed } from '../made-up-hashes.js';

const DIMENSION = 16;

/** Vectors in loose clouds; every tenth is a near copy of the one before it. */
function embeddings(count: number): Embedding[] {
  const random = randomOf(11);
  const noise = () => random.nextUniform() + random.nextUniform() + random.nextUniform() - 1.5;
  const centres = Array.from({ length: 40 }, () => Array.from({ length: DIMENSION }, noise));
  let last: number[] = [];
  return Array.from({ length: count }, (_, at) => {
    const isCopy = at % 10 === 9;
    const centre = centres[at % centres.length] ?? [];
    last = isCopy ? last.map((x) => x + noise() * 0.02) : centre.map((x) => x + noise());
    const by = { name: 'made-up', version: '1', config: {} };
    return { clip: `clip ${at}`, of: 'video', vector: Float32Array.from(last), by };
  });
}

function clipsOf(count: number, video = (at: number) => `video ${at}`): ComparedClip[] {
  return Array.from({ length: count }, (_, at) => ({
    ...{ id: `clip ${at}`, video: video(at), span: { startMs: 0, endMs: 1000 }, pixels: 1 },
  }));
}

describe('clips that a model holds for the same', () => {
  it('are found among thousands as among all pairs', async () => {
    const count = 4_500;
    const vectors = await holdVectors(streamed(embeddings(count)));
    const { pairs, nearest } = semanticPairs(clipsOf(count), vectors, { threshold: 0.97 });
    const expected: string[] = [];
    // A part of all pairs is enough to count what is missed.
    for (let a = 0; a < count; a += 9)
      for (let b = a + 1; b < count; b++)
        if (cosine(vectors.vector(a), vectors.vector(b)) >= 0.97) expected.push(`${a} ${b}`);
    const found = new Set(pairs.filter(({ a }) => a % 9 === 0).map(({ a, b }) => `${a} ${b}`));
    const missed = expected.filter((pair) => !found.has(pair));
    expect(expected.length).toBeGreaterThan(40);
    expect(missed.length / expected.length).toBeLessThan(0.02);
    expect(found.size).toBe(expected.length - missed.length);
    expect(nearest).toHaveLength(count);
  }, 60_000);

  it('have the nearest that all cosines in full would give them', async () => {
    const count = 300;
    const vectors = await holdVectors(streamed(embeddings(count)));
    const { nearest } = semanticPairs(clipsOf(count), vectors, { threshold: 0.97 });
    for (let own = 0; own < count; own++) {
      let highest = -1;
      for (let other = 0; other < count; other++)
        if (other !== own)
          highest = Math.max(highest, cosine(vectors.vector(own), vectors.vector(other)));
      expect(nearest[own]).toBeCloseTo(highest, 5);
    }
  });

  it('are not looked for in one video, and not claimed without a threshold', async () => {
    const vectors = await holdVectors(streamed(embeddings(40)));
    const sameVideo = semanticPairs(
      clipsOf(40, () => 'one'),
      vectors,
      { threshold: 0.9 },
    );
    expect(sameVideo.pairs).toEqual([]);
    expect(semanticPairs(clipsOf(40), vectors).pairs).toEqual([]);
  });

  it('are refused where vectors do not fit together', async () => {
    const [first, second] = embeddings(2) as [Embedding, Embedding];
    const short = { ...second, vector: new Float32Array(3) };
    await expect(holdVectors(streamed([first, short]))).rejects.toMatchObject({
      code: 'invalid-record',
    });
    await expect(holdVectors(streamed([first, first]))).rejects.toMatchObject({
      code: 'invalid-record',
    });
  });
});

describe('the picture of similarities', () => {
  it('counts the clips at each threshold and names no markup', () => {
    const nearest = Float32Array.from([0.1, 0.96, 0.999, 0.5]);
    expect(countsAtThresholds(nearest).find(({ threshold }) => threshold === 0.95)).toEqual({
      ...{ threshold: 0.95, clips: 2, share: 0.5 },
    });
    const svg = similarityChart(nearest, '<b>');
    expect(svg).toContain('4 clips');
    expect(svg).not.toContain('<b>');
    expect(similarityChart(new Float32Array(), 'video')).toContain('0 clips');
  });
});
