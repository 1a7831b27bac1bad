import { describe, expect, it } from '@jest/globals';

import { costOf } from '../../src/model/cost.js';
import { elementsOf } from '../../src/model/graph.js';
import { parameterShapes } from '../../src/model/parameters.js';
import { textGraph } from '../../src/model/text.js';
import { visionGraph } from '../../src/model/vision.js';
import { viclipVariants } from '../../src/variants.js';
import { holds } from '../golden/check.js';
import { onnxRunner, tfjsRunner } from '../golden/graph-runners.js';
import { checkTiny, tinyWeights } from '../golden/tiny-model.js';
import { describeWith, sharedJson } from '../shared-files.js';
import { SMALL } from '../small-model.js';

describe('parameterShapes', () => {
  it.each([
    ['b16', 303, 149_603_841],
    ['l14', 447, 427_590_145],
  ] as const)('has the published counts for %s', (variant, tensors, parameters) => {
    const shapes = parameterShapes(viclipVariants[variant]);
    expect(shapes.size).toBe(tensors);
    expect([...shapes.values()].reduce((sum, shape) => sum + elementsOf(shape), 0)).toBe(
      parameters,
    );
  });
});

describe('visionGraph', () => {
  it('reads each node only after it was written, under a name of its own', () => {
    const { nodes } = visionGraph(SMALL, { kept: 3 });
    expect(nodes.every(({ inputs }, place) => inputs.every((input) => input < place))).toBe(true);
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length);
  });

  it('reads every parameter of its tower', () => {
    const read = new Set(
      [visionGraph(SMALL), textGraph(SMALL)].flatMap(({ nodes }) =>
        nodes.flatMap(({ operation }) => (operation.kind === 'weight' ? [operation.key] : [])),
      ),
    );
    expect([...read].sort()).toEqual(
      [...parameterShapes(SMALL).keys()].filter((name) => name !== 'temp').sort(),
    );
  });

  it('refuses frames that the table of times does not hold, and sizes that do not fit', () => {
    expect(() => visionGraph(SMALL, { frames: 3 })).toThrow('options.frames must be 4 or 1');
    const broken = { ...SMALL, vision: { ...SMALL.vision, heads: 5 } };
    expect(() => visionGraph(broken)).toThrow(
      'config.vision.heads must divide the width 48, got 5',
    );
    expect(() => textGraph({ ...SMALL, dimension: 0 })).toThrow('config.dimension');
  });
});

describe('costOf', () => {
  it('counts what attention and matrices of B/16 multiply, in either form', () => {
    const tokens = 8 * 196 + 1;
    const perToken = 2 * 12 * 768 * 768;
    const attention = 4 * tokens * tokens * 768;
    const patches = 2 * 8 * 196 * 768 * 768;
    const projection = 2 * 768 * 512;
    const expected = 12 * (tokens * perToken + attention) + patches + projection;
    for (const form of ['steps', 'fused'] as const) {
      const { flops } = costOf(
        visionGraph(viclipVariants.b16, { tokens: 'all', attention: form }),
        1,
      );
      expect(flops).toBe(expected);
    }
  });

  it('spares the last block all tokens but the one that is read', () => {
    const all = costOf(visionGraph(viclipVariants.b16, { tokens: 'all' }), 1);
    const read = costOf(visionGraph(viclipVariants.b16), 1);
    expect(read.flops / all.flops).toBeLessThan(0.94);
    expect(read.weightBytes).toBe(all.weightBytes);
  });

  it('grows with the batch, but not in its weights', () => {
    const [one, two] = [1, 2].map((batch) => costOf(visionGraph(SMALL), batch));
    expect(two?.flops).toBe(2 * (one?.flops ?? 0));
    expect(two?.activationBytes).toBe(2 * (one?.activationBytes ?? 0));
    expect(two?.weightBytes).toBe(one?.weightBytes);
  });
});

describeWith('golden/viclip/tiny', 'the towers beside the published code', () => {
  it('name their parameters in the published order', () => {
    const { keys } = sharedJson('golden/viclip/tiny/tiny.json') as {
      keys: readonly (readonly [string, readonly number[]])[];
    };
    const config = {
      vision: { width: 64, layers: 3, heads: 4, patch: 16, image: 64, frames: 4 },
      text: { width: 48, layers: 2, heads: 4, context: 16, vocabulary: 512 },
      dimension: 32,
    };
    expect([...parameterShapes(config)]).toEqual(keys);
  });

  it.each([
    ['onnxruntime', onnxRunner],
    ['tfjs', tfjsRunner],
  ] as const)('compute on %s what was recorded, step by step', async (_, make) => {
    await using weights = await tinyWeights();
    await using runner = await make(weights);
    const checks = await checkTiny(runner, weights.config);
    expect(checks.length).toBeGreaterThan(30);
    expect(checks.filter((check) => !holds(check))).toEqual([]);
  });
});
