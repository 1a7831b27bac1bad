import { describe, expect, it } from '@jest/globals';

import { graphBuilder } from '../../src/model/builder.js';
import { textGraph } from '../../src/model/text.js';
import { onnxFile } from '../../src/onnx/onnx-file.js';
import { writeNodes } from '../../src/onnx/translate.js';
import { writeBackward } from '../../src/train/differentiate.js';
import { SMALL } from '../small-model.js';
import { gradientGaps, type SmallGraph } from './small-graphs.js';

const CUBE = [2, 3, 4];
const clip = { values: new Float32Array(2 * 4), sizes: [2, 4] };

const OPERATORS: Readonly<Record<string, SmallGraph>> = {
  'a linear layer': {
    parameters: { a: CUBE, b: [5, 4], c: [5] },
    build: (g) => g.linear(g.weight('a'), g.weight('b'), g.weight('c')),
  },
  'a linear layer of rows without a bias': {
    parameters: { a: [3, 4], b: [5, 4] },
    build: (g) => g.linear(g.weight('a'), g.weight('b')),
  },
  'a matrix stored the other way round': {
    parameters: { a: CUBE, b: [4, 5] },
    build: (g) => g.project(g.weight('a'), g.weight('b')),
  },
  'a matrix product': {
    parameters: { a: CUBE, b: [2, 4, 5] },
    build: (g) => g.matmul(g.weight('a'), g.weight('b')),
  },
  'a matrix product with a transposed side': {
    parameters: { a: CUBE, b: [2, 5, 4] },
    build: (g) => g.matmul(g.weight('a'), g.weight('b'), { transposeB: true }),
  },
  'a sum': {
    parameters: { a: CUBE, b: CUBE },
    build: (g) => g.add(g.weight('a'), g.weight('b')),
  },
  'a sum that repeats its second side': {
    parameters: { a: CUBE, b: [4], c: [3, 1] },
    build: (g) => g.add(g.add(g.weight('a'), g.weight('b')), g.weight('c')),
  },
  'a multiple': { parameters: { a: CUBE }, build: (g) => g.scale(g.weight('a'), -0.3) },
  'layer norm': {
    parameters: { a: CUBE, b: [4], c: [4] },
    build: (g) => g.layerNorm(g.weight('a'), g.weight('b'), g.weight('c')),
  },
  softmax: { parameters: { a: CUBE }, build: (g) => g.softmax(g.weight('a')) },
  'softmax behind a causal mask': {
    parameters: { a: [2, 3, 3] },
    build: (g) => g.softmax(g.causalMask(g.weight('a'))),
  },
  QuickGELU: { parameters: { a: CUBE }, build: (g) => g.quickGelu(g.weight('a')) },
  'a new shape': { parameters: { a: CUBE }, build: (g) => g.reshape(g.weight('a'), [6, 4]) },
  'another order': {
    parameters: { a: CUBE },
    build: (g) => g.transpose(g.weight('a'), [2, 0, 1]),
  },
  'a slice': { parameters: { a: CUBE }, build: (g) => g.slice(g.weight('a'), 1, 1, 2) },
  'slices that cover their source': {
    parameters: { a: CUBE },
    build(g) {
      const a = g.weight('a');
      return g.concat([g.slice(a, 2, 3, 4), g.slice(a, 2, 0, 1), g.slice(a, 2, 1, 3)], 2);
    },
  },
  'slices that overlap': {
    parameters: { a: CUBE },
    build: (g) => g.add(g.slice(g.weight('a'), 2, 0, 3), g.slice(g.weight('a'), 2, 1, 4)),
  },
  'parts side by side': {
    parameters: { a: CUBE, b: [2, 1, 4] },
    build: (g) => g.concat([g.weight('a'), g.weight('b')], 1),
  },
  'a mean': { parameters: { a: CUBE }, build: (g) => g.mean(g.weight('a'), 1) },
  'a repetition for each sample': {
    parameters: { a: [3, 4] },
    inputs: { clip },
    build: (g) => g.repeat(g.weight('a'), g.input('clip', ['batch', 4], 'real')),
  },
  'chosen tokens, one of them twice': {
    parameters: { a: [2, 5, 3] },
    inputs: { ids: { values: Int32Array.of(4, 0, 1, 1), sizes: [2, 2] } },
    build: (g) => g.gather(g.weight('a'), g.input('ids', ['batch', 2], 'int32')),
  },
  'a value with several readers': {
    parameters: { a: CUBE },
    build: (g) => g.add(g.quickGelu(g.weight('a')), g.scale(g.weight('a'), 2)),
  },
};

describe.each(['onnx', 'tfjs'] as const)('gradients on %s', (engine) => {
  it.each(Object.keys(OPERATORS))('of %s agrees with finite differences', async (name) => {
    for (const gap of Object.values(await gradientGaps(OPERATORS[name]!, engine))) {
      expect(gap).toBeLessThan(2e-3);
    }
  });
});

describe('writeBackward', () => {
  it('gives the gradient of chosen rows of a table with the ids that chose them', () => {
    const g = graphBuilder(new Map([['a', [7, 4]]]));
    const graph = g.graph(g.embed(g.weight('a'), g.input('ids', ['batch', 2], 'int32')));
    const file = onnxFile('rows');
    const [names, write] = [writeNodes(file, graph), () => []];
    const found = writeBackward(
      file,
      { graph, names, write },
      { seed: 'y', trained: new Set(['a']) },
    );
    expect(found.get('a')).toEqual({ kind: 'rows', name: 'y', ids: 'ids' });
  });

  it('gives gradients of the trained parameters alone', () => {
    const file = onnxFile('text');
    const graph = textGraph(SMALL);
    const [names, write] = [writeNodes(file, graph), () => []];
    const trained = new Set(['text_encoder.ln_final.bias', 'text_encoder.text_projection', 'temp']);
    const found = writeBackward(file, { graph, names, write }, { seed: 'y', trained });
    expect([...found.keys()].sort()).toEqual([
      'text_encoder.ln_final.bias',
      'text_encoder.text_projection',
    ]);
  });

  it('refuses attention in one node', () => {
    const file = onnxFile('text');
    const graph = textGraph(SMALL, { attention: 'fused' });
    const [names, write] = [writeNodes(file, graph), () => []];
    const trained = new Set(['text_encoder.token_embedding.weight']);
    expect(() => writeBackward(file, { graph, names, write }, { seed: 'y', trained })).toThrow(
      'is attention in one node, which has no gradient: use "steps"',
    );
  });
});
