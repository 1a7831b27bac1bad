import { elementsOf, nodeAt, type Graph, type Node } from '../model/graph.js';

/** Numbers of a parameter that a graph reads where they lie: some of its first rows on, in a shape of their own. */
export type WeightView = {
  readonly key: string;
  /** First element. */
  readonly start: number;
  readonly shape: readonly number[];
};

/**
 * The part of a parameter that a node is, where it is one: the parameter itself, reshaped, or rows of it. Such a node needs no
 * computing.
 */
export function weightView(graph: Graph, node: Node): WeightView | undefined {
  const { operation, inputs, shape } = node;
  const sizes = shape.map(Number);
  if (operation.kind === 'weight') return { key: operation.key, start: 0, shape: sizes };
  if (operation.kind !== 'reshape' && operation.kind !== 'slice') return undefined;
  const of = weightView(graph, nodeAt(graph, inputs[0] ?? 0));
  if (of === undefined) return undefined;
  if (operation.kind === 'reshape') return { ...of, shape: sizes };
  if (operation.axis !== 0) return undefined;
  const row = elementsOf(of.shape.slice(1));
  return { key: of.key, start: of.start + operation.start * row, shape: sizes };
}

/** A name that tells views apart. */
export function viewName({ key, start, shape }: WeightView): string {
  return `${key}@${start}[${shape.join('x')}]`;
}

/** The views through which a graph reads the weights of its linear layers, each once. */
export function linearViews(
  graph: Graph,
): readonly { readonly view: WeightView; readonly layout: 'out-in' | 'in-out' }[] {
  const views = new Map<string, { view: WeightView; layout: 'out-in' | 'in-out' }>();
  for (const { operation, inputs } of graph.nodes) {
    if (operation.kind !== 'linear') continue;
    const view = weightView(graph, nodeAt(graph, inputs[1] ?? 0));
    if (view !== undefined) views.set(viewName(view), { view, layout: operation.layout });
  }
  return [...views.values()];
}
