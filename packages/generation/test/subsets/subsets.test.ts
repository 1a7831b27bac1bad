import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { diverseSubset, diverseWeights } from '../../src/subsets/diverse.js';
import { atLeastScore, filteredSubset, topShare } from '../../src/subsets/filtered.js';
import { mersenneTwister } from '../../src/subsets/mersenne-twister.js';

const GOLDEN = fileURLToPath(new URL('../../../../../shared/golden/selection/', import.meta.url));
const isThere = existsSync(GOLDEN);
const read = (name: string): unknown => JSON.parse(readFileSync(`${GOLDEN}${name}`, 'utf8'));

type Row = { video: string; UMT_Score: number; Aesthetic_Score: number };
type Chosen = { k: number; seed: number; chosen: number[] };

/** The published script's id: the first 11 characters of the file name. */
const idOf = ({ video }: Row) => video.slice(video.lastIndexOf('/') + 1).slice(0, 11);

(isThere ? describe : describe.skip)(
  'subsets against the published script (skipped without ../shared/golden)',
  () => {
    const rows = isThere
      ? readFileSync(`${GOLDEN}table.jsonl`, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Row)
      : [];
    const videos = rows.map(idOf);

    it('draws the random numbers of NumPy', () => {
      const { mt19937_seed42: expected } = read('div.json') as {
        mt19937_seed42: { first_uint32: number[]; first_uniforms: number[] };
      };
      const words = mersenneTwister(42);
      expect(expected.first_uint32.map(() => words.nextWord())).toEqual(expected.first_uint32);
      const uniforms = mersenneTwister(42);
      expect(expected.first_uniforms.map(() => uniforms.nextUniform())).toEqual(
        expected.first_uniforms,
      );
    });

    it('weighs each clip by its video, to the bit', () => {
      const file = readFileSync(`${GOLDEN}weights.safetensors`);
      const start = 8 + Number(file.readBigUInt64LE(0));
      const expected = Array.from(rows, (_, at) => file.readDoubleLE(start + 8 * at));
      expect([...diverseWeights(videos)]).toEqual(expected);
    });

    it.each(['k200', 'k1000'])('draws the published DIV subset for %s, in order', (name) => {
      const { k, seed, chosen } = (read('div.json') as Record<string, Chosen>)[name]!;
      expect([...diverseSubset(videos, { count: k, seed })]).toEqual(chosen);
    });

    it.each(['k100', 'k300'])('draws the published FLT subset for %s, in order', (name) => {
      const golden = read('flt.json') as Record<string, Chosen> & {
        kept: number[];
        threshold_score: number;
      };
      const { k, chosen } = golden[name]!;
      const clips = rows.map((row) => ({ video: idOf(row), score: row.UMT_Score }));
      const result = filteredSubset(clips, { count: k });
      expect([...result.kept]).toEqual(golden.kept);
      expect(result.threshold).toBe(golden.threshold_score);
      expect([...result.chosen]).toEqual(chosen);
    });

    it('keeps the published AES subset', () => {
      const clips = rows.map((row) => ({ video: idOf(row), score: row.Aesthetic_Score }));
      expect([...atLeastScore(clips, 4).kept]).toEqual(
        (read('aes.json') as { kept: number[] }).kept,
      );
    });
  },
);

describe('a subset', () => {
  it('covers more videos than it would with equal weights', () => {
    const videos = Array.from({ length: 1_000 }, (_, at) => (at < 900 ? 'long' : `short-${at}`));
    const chosen = diverseSubset(videos, { count: 100 });
    const distinct = new Set(Array.from(chosen, (at) => videos[at]));
    expect(distinct.size).toBeGreaterThan(60);
    expect(new Set(chosen).size).toBe(100);
  });

  it('is the same for the same seed and another for another', () => {
    const videos = Array.from({ length: 50 }, (_, at) => `video-${at % 7}`);
    const draw = (seed: number) => [...diverseSubset(videos, { count: 10, seed })];
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('can be everything or nothing, and no more than there is', () => {
    const videos = ['a', 'a', 'b'];
    expect([...diverseSubset(videos, { count: 3 })].sort()).toEqual([0, 1, 2]);
    expect(diverseSubset(videos, { count: 0 })).toHaveLength(0);
    expect(diverseSubset([], { count: 0 })).toHaveLength(0);
    expect(() => diverseSubset(videos, { count: 4 })).toThrow(RangeError);
  });

  it('never takes a missing score for a low one: such clips are left out and counted', () => {
    const clips = [{ video: 'a', score: 0.9 }, { video: 'b' }, { video: 'c', score: 0.1 }];
    const kept = topShare(clips, 0.5);
    expect([[...kept.kept], kept.threshold, kept.unscored]).toEqual([[0], 0.9, 1]);
    expect(atLeastScore(clips, 0)).toMatchObject({ unscored: 1, kept: Uint32Array.of(0, 2) });
  });

  it('keeps what ties with the last of the share', () => {
    const clips = [0.5, 0.7, 0.5, 0.1].map((score) => ({ video: 'a', score }));
    expect([...topShare(clips, 0.5).kept]).toEqual([0, 1, 2]);
  });

  it('refuses a share that is none', () => {
    expect(() => topShare([], 0)).toThrow(RangeError);
    expect(() => mersenneTwister(-1)).toThrow(RangeError);
  });
});
