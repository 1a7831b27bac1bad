import { describe, expect, it } from '@jest/globals';

import { readProgram } from '../../src/train/onnx-program.js';
import { stepGraph, type TrainingGraphOptions } from '../../src/train/training-graph.js';
import { SMALL } from '../small-model.js';

/** Values of a step by the place of the step that reads them last, among all steps. */
function lastReads(options: Partial<TrainingGraphOptions>): ReadonlyMap<string, number> {
  const { nodes } = readProgram(stepGraph(SMALL, { trainsText: true, ...options }).bytes);
  return new Map(nodes.flatMap(({ lastReadOf }, at) => lastReadOf.map((name) => [name, at])));
}

describe('a step whose blocks are computed again', () => {
  const again = lastReads({ recompute: 'blocks' });
  const turn = again.get('vision.projected')!;

  it.each(['vision', 'text'])('keeps only what goes into the blocks of the %s tower', (tower) => {
    for (const inner of ['ln_1', 'attn', 'after_attn', 'ln_2', 'c_fc', 'gelu', 'mlp']) {
      expect(again.get(`${tower}.block0.${inner}`)).toBeLessThan(turn);
    }
    const start = tower === 'vision' ? 'vision.ln_pre' : 'text.embed';
    expect(again.get(start)).toBeGreaterThan(turn);
    expect(again.get(`${tower}.block0.gelu.again`)).toBeGreaterThan(turn);
  });

  it('computes nothing again that the way back does not read, and nothing of the last block', () => {
    const names = [...again.keys()].filter((name) => name.endsWith('.again'));
    const last = SMALL.vision.layers - 1;
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.endsWith('.mlp.again'))).toEqual([]);
    expect(names.filter((name) => name.includes(`vision.block${last}.`))).toEqual([]);
    expect(lastReads({}).get('vision.block0.gelu')).toBeGreaterThan(turn);
  });
});
