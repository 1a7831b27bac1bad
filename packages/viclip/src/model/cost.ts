import { elementsOf, lastReaders, nodeAt, type Graph, type Node } from './graph.js';

/** What one pass of a graph costs. */
export type Cost = {
  /** Floating-point operations of its matrix products; a multiplication with its addition counts two. */
  readonly flops: number;
  /** Bytes of the parameters that it reads, in float32. */
  readonly weightBytes: number;
  /** Most bytes of intermediate values alive at one step, in float32, when each is freed after its last reader. */
  readonly activationBytes: number;
};

const BYTES = 4;

/** Counts the cost of a graph for a batch of samples, from its shapes alone. */
export function costOf(graph: Graph, batch: number): Cost {
  const last = lastReaders(graph);
  let flops = 0;
  let weightBytes = 0;
  let alive = 0;
  let activationBytes = 0;
  const endsAt: number[][] = Array.from({ length: graph.nodes.length + 1 }, () => []);
  last.forEach((end, place) => endsAt[end]?.push(place));
  for (const [place, node] of graph.nodes.entries()) {
    flops += flopsOf(graph, node, batch);
    if (isParameter(graph, node)) {
      if (node.operation.kind === 'weight') weightBytes += BYTES * elementsOf(node.shape);
      continue;
    }
    alive += ownBytes(node, batch);
    activationBytes = Math.max(activationBytes, alive + passingBytes(graph, node, batch));
    for (const ended of endsAt[place] ?? []) {
      const gone = nodeAt(graph, ended);
      if (!isParameter(graph, gone)) alive -= ownBytes(gone, batch);
    }
  }
  return { flops, weightBytes, activationBytes };
}

function flopsOf(graph: Graph, { operation, inputs, shape }: Node, batch: number): number {
  const inputShape = nodeAt(graph, inputs[0] ?? 0).shape;
  const depth = Number(inputShape.at(-1));
  if (operation.kind === 'linear' || operation.kind === 'matmul') {
    return 2 * elementsOf(shape, batch) * depth;
  }
  if (operation.kind !== 'attention') return 0;
  const keys = Number(nodeAt(graph, inputs[1] ?? 0).shape[1]);
  return 4 * elementsOf(shape, batch) * keys;
}

/** Whether a node comes from the weights alone. */
function isParameter(graph: Graph, node: Node): boolean {
  if (node.operation.kind === 'input') return false;
  return node.inputs.every((input) => isParameter(graph, nodeAt(graph, input)));
}

/** A reshaped tensor shares the memory of the one that it is made of. */
function ownBytes({ operation, shape }: Node, batch: number): number {
  return operation.kind === 'reshape' ? 0 : BYTES * elementsOf(shape, batch);
}

/** What a step needs for itself alone: attention in one node has its scores. */
function passingBytes(graph: Graph, { operation, inputs, shape }: Node, batch: number): number {
  if (operation.kind !== 'attention') return 0;
  const keys = Number(nodeAt(graph, inputs[1] ?? 0).shape[1]);
  return BYTES * batch * operation.heads * Number(shape[1]) * keys;
}
