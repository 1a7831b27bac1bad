import { nodeAt, placesByName, type Graph, type Shape } from '../model/graph.js';
import type { ViclipConfig } from '../variants.js';
import { uniformValues } from './random-values.js';

/** Residual branches left out at random (stochastic depth, Huang et al. 2016, arXiv 1603.09382). */
export type DropPath = {
  /** Share of the last block, 0 to below 1; it grows evenly from 0 at the first. Published: 0.1. */
  readonly rate: number;
  /**
   * What one decision is for. `sample`: a clip, as the method is meant. `token`: a token position in all clips of the batch, which
   * is what the published training does, as its layer draws along the first axis and that is the token there.
   */
  readonly unit: 'sample' | 'token';
};

/** A branch that may be left out. */
export type DroppedBranch = {
  /** Place of the branch's result. */
  readonly place: number;
  /** Name of the input that the result is multiplied with: 0, or 1 / (1 - rate). */
  readonly input: string;
  /** Of that input: `[batch, 1, 1]` or `[1, tokens, 1]`. */
  readonly shape: Shape;
  readonly rate: number;
};

/** The branches of the video tower with a rate above 0: `.attn` and `.mlp` of each block. */
export function droppedBranches(
  graph: Graph,
  { vision }: ViclipConfig,
  dropPath: DropPath | undefined,
): readonly DroppedBranch[] {
  if (dropPath === undefined || dropPath.rate === 0) return [];
  const places = placesByName(graph);
  return Array.from({ length: vision.layers }, (_, block) => {
    const rate = vision.layers === 1 ? 0 : (dropPath.rate * block) / (vision.layers - 1);
    return ['attn', 'mlp'].flatMap((branch) => {
      const name = `vision.block${block}.${branch}`;
      const place = places.get(name) ?? -1;
      const tokens = nodeAt(graph, place).shape[1] ?? 1;
      const shape: Shape = dropPath.unit === 'sample' ? ['batch', 1, 1] : [1, tokens, 1];
      return rate === 0 ? [] : [{ place, input: `drop/${name}`, shape, rate }];
    });
  }).flat();
}

/** Draws the factors of a branch; the same name gives the same. `count`: how many decisions. */
export function dropFactors(name: string, count: number, rate: number): Float32Array {
  return uniformValues(name, count).map((chance) => (chance < rate ? 0 : 1 / (1 - rate)));
}
