import { type Graph, type Node, type Shape } from '../model/graph.js';
import type { OnnxFile } from '../onnx/onnx-file.js';
import type { WrittenAgain } from '../onnx/translate.js';
import type { Contribution, Gradient } from './backward-step.js';
import { gradients } from './gradients.js';
import { behind, type Stretch } from './recompute.js';

/** A graph whose forward half is written. */
export type WrittenGraph = {
  readonly graph: Graph;
  /** ONNX name of the value at each place. */
  readonly names: readonly string[];
  /** Writes nodes of it once more, and returns the names with theirs replaced. */
  readonly write: (again: WrittenAgain) => readonly string[];
};

/** The gradient at a parameter. */
export type WrittenGradient =
  /** In the parameter's shape. */
  | { readonly kind: 'whole'; readonly name: string }
  /** `[...ids, width]`: to be added to the rows of the parameter that the input `ids` names; all other rows have none. */
  | { readonly kind: 'rows'; readonly name: string; readonly ids: string };

/** What is to be differentiated. */
export type BackwardOptions = {
  /** ONNX name of the gradient of the loss at the graph's output. */
  readonly seed: string;
  /** Keys of the parameters whose gradients are wanted. */
  readonly trained: ReadonlySet<string>;
  /** ONNX names of factors that stand behind nodes, by place: the value that others read is the node's times its factor. */
  readonly factors?: ReadonlyMap<number, string>;
  /** What is computed again rather than kept. Default: nothing. */
  readonly recomputed?: readonly Stretch[];
};

/**
 * Writes the backward half of a graph: from its end to its start, every node turns the gradient at its value into gradients at
 * its inputs (reverse-mode differentiation). Nothing is written for what no trained parameter feeds.
 *
 * @returns the gradients by key of the parameter, those of the trained ones that the output depends on.
 * @throws RangeError for attention in one node: such graphs must have it in steps.
 */
export function writeBackward(
  file: OnnxFile,
  { graph, names: kept, write }: WrittenGraph,
  { seed, trained, factors = new Map(), recomputed = [] }: BackwardOptions,
): ReadonlyMap<string, WrittenGradient> {
  const fed = fedByTrained(graph, trained);
  const pending = new Map<number, Contribution[]>([
    [graph.output, [{ kind: 'whole', name: seed }]],
  ]);
  const found = new Map<string, WrittenGradient>();
  const stretches = new Map(recomputed.map((stretch) => [stretch.to, stretch]));
  let names = kept;
  let doneBefore = 0;
  for (const [place, node] of [...graph.nodes.entries()].reverse()) {
    const given = pending.get(place);
    if (given === undefined || fed[place] !== true) continue;
    const sum = summed(file, given, node);
    if (node.operation.kind === 'weight') {
      found.set(node.operation.key, sum);
      continue;
    }
    const stretch = stretches.get(place);
    if (stretch !== undefined) {
      const { from, places } = stretch;
      const done = wholeNames([...found.values()].slice(doneBefore));
      doneBefore = found.size;
      const rest = node.shape.slice(1).map(Number);
      const start = behind(file, kept[from] ?? '', [sum.name, ...done], rest);
      names = write({ places, names: kept.with(from, start), suffix: '.again' });
    }
    const factor = factors.get(place);
    const gradient = factor === undefined ? sum.name : file.node('Mul', [sum.name, factor]);
    const added = gradientOf(node)({
      file,
      graph,
      node,
      value: names[place] ?? '',
      inputs: node.inputs.map((input) => names[input] ?? ''),
      gradient,
      wants: (position) => fed[node.inputs[position] ?? -1] === true,
    });
    for (const [position, contribution] of added.entries()) {
      const input = node.inputs[position];
      if (input === undefined || contribution === undefined || fed[input] !== true) continue;
      pending.set(input, [...(pending.get(input) ?? []), contribution]);
    }
    pending.delete(place);
  }
  return found;
}

function wholeNames(gradients: readonly WrittenGradient[]): readonly string[] {
  return gradients.flatMap((one) => (one.kind === 'whole' ? [one.name] : []));
}

function fedByTrained(graph: Graph, trained: ReadonlySet<string>): readonly boolean[] {
  const fed: boolean[] = [];
  for (const { operation, inputs } of graph.nodes) {
    const isTrained = operation.kind === 'weight' && trained.has(operation.key);
    fed.push(isTrained || (operation.kind !== 'highest' && inputs.some((input) => fed[input])));
  }
  return fed;
}

function gradientOf({ operation: { kind }, name }: Node): Gradient {
  if (kind === 'attention') {
    throw new RangeError(`${name} is attention in one node, which has no gradient: use "steps".`);
  }
  if (kind === 'input' || kind === 'weight' || kind === 'highest') return () => [];
  return gradients[kind];
}

/** Adds up what the readers of a value contributed. */
function summed(
  file: OnnxFile,
  given: readonly Contribution[],
  { operation, name: reader, shape }: Node,
): WrittenGradient {
  const [first] = given;
  if (first?.kind === 'rows') {
    if (given.length > 1 || operation.kind !== 'weight') {
      throw new RangeError(
        `${reader} is a table of rows, and must be a parameter that nothing else reads.`,
      );
    }
    return first;
  }
  const parts = given.filter((one) => one.kind === 'part');
  const tiled = joined(file, parts, shape);
  const wholes = [
    ...given.flatMap((one) => (one.kind === 'whole' ? [one.name] : [])),
    ...(tiled === undefined ? parts.map((part) => padded(file, part, shape)) : [tiled]),
  ];
  const [start = '', ...more] = wholes;
  const name = more.reduce((sum, next) => file.node('Add', [sum, next]), start);
  return { kind: 'whole', name };
}

type Part = Extract<Contribution, { readonly kind: 'part' }>;

/** Parts that cover an axis without a gap or an overlap, as one tensor: queries, keys and values read so from one product. */
function joined(file: OnnxFile, parts: readonly Part[], shape: Shape): string | undefined {
  const sorted = [...parts].sort((a, b) => a.start - b.start);
  const [first] = sorted;
  const follows = sorted.every(
    ({ axis, start }, at) => axis === first?.axis && start === (sorted[at - 1]?.end ?? 0),
  );
  if (first === undefined || !follows || sorted.at(-1)?.end !== shape[first.axis]) return undefined;
  return file.node(
    'Concat',
    sorted.map(({ name }) => name),
    { attributes: { axis: { int: first.axis } } },
  );
}

function padded(file: OnnxFile, { name, axis, start, end }: Part, shape: Shape): string {
  const before = shape.map((_, at) => (at === axis ? start : 0));
  const after = shape.map((size, at) => (at === axis ? Number(size) - end : 0));
  return file.node('Pad', [name, file.int64s([...before, ...after])]);
}
