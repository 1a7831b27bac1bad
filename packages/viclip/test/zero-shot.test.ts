import { describe, expect, it } from '@jest/globals';

import { ACTION_TEMPLATES, actionPrompts, classScores, evaluateActions } from '../src/zero-shot.js';
import { describeWith, sharedJson } from './shared-files.js';

const GOLDEN = 'golden/metrics/action.json';

type Golden = {
  readonly labels: readonly number[];
  readonly video_embeddings: readonly (readonly number[])[];
  readonly text_embeddings: readonly (readonly number[])[];
  readonly ensemble: readonly (readonly number[])[];
  readonly top5_predictions: readonly (readonly number[])[];
  readonly rank_of_true_class: readonly number[];
  readonly accuracy: { readonly top1: number; readonly top5: number; readonly avg: number };
};

describeWith(GOLDEN, 'zero-shot recognition against the published evaluation', () => {
  it('has its scores, ranks and accuracy', () => {
    const golden = sharedJson(GOLDEN) as Golden;
    const scores = classScores(
      golden.video_embeddings.map(unit),
      golden.text_embeddings.map(unit),
      16,
    );
    expect(scores).toMatchObject({ rows: 30, columns: 12 });
    for (const [place, value] of golden.ensemble.flat().entries()) {
      // The vectors are 32-bit floats, the reference was computed in 64 bits: measured 6e-8 apart.
      expect(Math.abs((scores.values[place] ?? Number.NaN) - value)).toBeLessThan(2e-7);
    }
    const result = evaluateActions(scores, golden.labels);
    expect(result.rankOfTruth).toEqual(golden.rank_of_true_class);
    expect(result.best).toEqual(golden.top5_predictions);
    expect(result.top1).toBeCloseTo(golden.accuracy.top1, 5);
    expect(result.top5).toBeCloseTo(golden.accuracy.top5, 5);
    expect(result.average).toBeCloseTo(golden.accuracy.avg, 5);
    expect(result.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(30);
    const right = golden.labels
      .map((label) => label)
      .filter((label, row) => result.best[row]?.[0] === label);
    expect(result.confusion.reduce((sum, row, index) => sum + row[index]!, 0)).toBe(right.length);
  });
});

describe('the prompts', () => {
  it('are sixteen for each class, cleaned as the published evaluation does', () => {
    const prompts = actionPrompts(["playing 'harp'", 'push-up']);
    expect(ACTION_TEMPLATES).toHaveLength(16);
    expect(prompts).toHaveLength(32);
    expect(prompts[0]).toBe('a photo of action playing harp');
    expect(prompts[3]).toBe('playing harp an action');
    expect(prompts[16 + 11]).toBe('can you recognize the action of push up');
  });

  it('hold class names that look like patterns as they are', () => {
    expect(actionPrompts(['$& {}'], ['a {} b'])).toEqual(['a $& {} b']);
  });

  it('must fit the classes', () => {
    const one = unit([1, 0]);
    expect(() => classScores([one], [one, one, one], 2)).toThrow(/3 prompts are not 2 for each/);
  });
});

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}
