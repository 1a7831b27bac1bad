import { describe, expect, it } from '@jest/globals';

import { dualSoftmax } from '../src/eval/dual-softmax.js';
import { ranksOf, rankFigures, transposed, type ScoreMatrix } from '../src/eval/ranking.js';
import { evaluateRetrieval, type DirectionFigures } from '../src/retrieval.js';
import { describeWith, sharedJson } from './shared-files.js';

const GOLDEN = 'golden/metrics/retrieval.json';

type Figures = Readonly<Record<string, number>>;
type Outcome = {
  readonly published: Figures;
  readonly unrounded?: Figures;
  readonly rank_video_to_text: readonly number[];
  readonly rank_text_to_video: readonly number[];
  readonly rank_stats: Readonly<
    Record<'video_to_text' | 'text_to_video', { median_rank: number; mean_rank: number }>
  >;
};
type Case = Outcome & {
  readonly similarity: readonly (readonly number[])[];
  readonly txt2img: readonly (number | readonly number[])[];
  readonly dual_softmax: Outcome;
  readonly stable: Omit<Outcome, 'published'> & { readonly as_published: Figures };
};
type Golden = Readonly<Record<string, Case>> & {
  readonly dual_softmax_small: Readonly<
    Record<'similarity' | 'video_to_text' | 'text_to_video', readonly (readonly number[])[]>
  >;
};

describeWith(GOLDEN, 'evaluateRetrieval against the published evaluation', () => {
  const cases = (): Golden => sharedJson(GOLDEN) as Golden;
  const evaluate = ({ similarity, txt2img }: Case) =>
    evaluateRetrieval(
      matrix(similarity),
      txt2img.map((videos) => [videos].flat()),
    );

  it.each(['distinct50', 'multi_caption', 'multi_video'])('has its numbers on %s', (name) => {
    const one = cases()[name]!;
    const { plain, dualSoftmax: dual } = evaluate(one);
    for (const [found, expected] of [
      [plain, one],
      [dual, one.dual_softmax],
    ] as const) {
      expect(found.videoToText.ranks).toEqual(expected.rank_video_to_text);
      expect(found.textToVideo.ranks).toEqual(expected.rank_text_to_video);
      expect(rounded(found)).toEqual(expected.published);
      const { video_to_text: v2t, text_to_video: t2v } = expected.rank_stats;
      expect(found.videoToText.medianRank).toBe(v2t.median_rank);
      expect(found.videoToText.meanRank).toBeCloseTo(v2t.mean_rank, 5);
      expect(found.textToVideo.medianRank).toBe(t2v.median_rank);
      expect(found.textToVideo.meanRank).toBeCloseTo(t2v.mean_rank, 5);
    }
    for (const [key, value] of Object.entries(published(plain))) {
      expect(Math.abs(value - (one.unrounded?.[key] ?? Number.NaN))).toBeLessThan(1e-4);
    }
  });

  it('ranks equal scores by the stated rule', () => {
    const one = cases()['ties50']!;
    const { plain } = evaluate(one);
    expect(plain.videoToText.ranks).toEqual(one.stable.rank_video_to_text);
    expect(plain.textToVideo.ranks).toEqual(one.stable.rank_text_to_video);
    expect(rounded(plain)).toEqual(one.stable.as_published);
  });

  it('weighs scores by the dual softmax', () => {
    const { similarity, video_to_text, text_to_video } = cases().dual_softmax_small;
    const scores = matrix(similarity);
    for (const [found, expected] of [
      [dualSoftmax(scores), video_to_text],
      [dualSoftmax(transposed(scores)), text_to_video],
    ] as const) {
      for (const [place, value] of expected.flat().entries()) {
        expect(Math.abs((found.values[place] ?? Number.NaN) - value)).toBeLessThan(1e-6);
      }
    }
  });
});

describe('the ranks', () => {
  it('count a query without a true item as missed, and leave it out of the ranks', () => {
    const scores = matrix([
      [0.9, 0.1],
      [0.2, 0.8],
    ]);
    const ranks = ranksOf(scores, [[0], []]);
    expect(ranks).toEqual([1, undefined]);
    expect(rankFigures(ranks)).toMatchObject({ queries: 2, r1: 50, r10: 50, meanRank: 1 });
  });

  it('are none for no queries', () => {
    const { plain } = evaluateRetrieval({ rows: 0, columns: 0, values: new Float64Array() }, []);
    expect(plain.textToVideo).toMatchObject({ queries: 0, r1: 0, medianRank: 0, meanRank: 0 });
  });

  it('are refused where the input cannot be ranked', () => {
    const scores = matrix([[0.1, 0.2]]);
    expect(() => ranksOf(scores, [[2]])).toThrow(/truths\[0\] names item 2; there are 2/);
    expect(() => ranksOf(scores, [])).toThrow(/0 entries for 1 queries/);
    expect(() => ranksOf(matrix([[Number.NaN, 1]]), [[0]])).toThrow(/not a number, at 0/);
  });
});

function matrix(rows: readonly (readonly number[])[]): ScoreMatrix {
  const columns = rows[0]?.length ?? 0;
  return { rows: rows.length, columns, values: Float64Array.from(rows.flat()) };
}

/** The figures under their published names. */
function published(figures: {
  readonly videoToText: DirectionFigures;
  readonly textToVideo: DirectionFigures;
}): Figures {
  const named = (prefix: string, { r1, r5, r10, mean }: DirectionFigures): Figures => ({
    [`${prefix}_r1`]: r1,
    [`${prefix}_r5`]: r5,
    [`${prefix}_r10`]: r10,
    [`${prefix}_r_mean`]: mean,
  });
  const { videoToText, textToVideo } = figures;
  return {
    ...named('txt', videoToText),
    ...named('img', textToVideo),
    r_mean: (videoToText.mean + textToVideo.mean) / 2,
  };
}

function rounded(figures: Parameters<typeof published>[0]): Figures {
  return Object.fromEntries(
    Object.entries(published(figures)).map(([key, value]) => [key, Number(value.toFixed(2))]),
  );
}
