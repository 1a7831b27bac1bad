import { nodeAt, placesByName, type Graph } from '../model/graph.js';
import type { OnnxFile } from '../onnx/onnx-file.js';

/** A part of a graph that is computed again on the way back rather than kept (Chen et al. 2016, arXiv 1604.06174). */
export type Stretch = {
  /** Place of the value that it is computed from. */
  readonly from: number;
  /** Place of its result, of the same shape. */
  readonly to: number;
  /** Places between them whose values the way back reads. */
  readonly places: ReadonlySet<number>;
};

/** The residual blocks of a tower but for the last, whose way back begins at once. */
export function blockStretches(
  graph: Graph,
  tower: 'vision' | 'text',
  layers: number,
): readonly Stretch[] {
  const places = placesByName(graph);
  const start = tower === 'vision' ? 'vision.ln_pre' : 'text.embed';
  const names = [start, ...Array.from({ length: layers }, (_, block) => `${tower}.block${block}`)];
  return names.slice(0, -2).map((name, at) => {
    const [from, to] = [places.get(name) ?? -1, places.get(names[at + 1] ?? '') ?? -1];
    return { from, to, places: readOnTheWayBack(graph, from, to) };
  });
}

/** The gradient of a sum reads nothing, so that what only the last sum of a block reads need not be there again. */
function readOnTheWayBack(graph: Graph, from: number, to: number): ReadonlySet<number> {
  const wanted = new Set<number>();
  for (let place = to; place > from; place--) {
    const { operation, inputs } = nodeAt(graph, place);
    if (operation.kind === 'add' && !wanted.has(place)) continue;
    for (const input of inputs) {
      if (input > from && nodeAt(graph, input).operation.kind !== 'weight') wanted.add(input);
    }
  }
  return wanted;
}

/**
 * A value `[batch, ...rest]` once more, which is there only when other values are. Runtimes choose the order of steps by what they
 * read: without this, onnxruntime merges equal steps and leaves the gradients of parameters to the end, and keeps all that they read.
 *
 * @param others of at least one dimension, of any sizes.
 */
export function behind(
  file: OnnxFile,
  value: string,
  others: readonly string[],
  rest: readonly number[],
): string {
  const nothings = others.map((other) => {
    const bounds = [0, 0, 0].map((at) => file.int64s([at]));
    const nothing = file.node('Slice', [other, ...bounds]);
    return file.node('Reshape', [nothing, file.int64s([0, ...rest])]);
  });
  return file.node('Concat', [value, ...nothings], { attributes: { axis: { int: 0 } } });
}
