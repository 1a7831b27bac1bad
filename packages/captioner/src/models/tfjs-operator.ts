import type { GraphAttribute, GraphNode, GraphWeight } from './graph-model.js';
import type { OnnxAttribute, OnnxGraph, OnnxType } from './onnx-graph.js';

/** What the translation of one node may ask for. Every method throws `ToolkitError` naming the node when it cannot answer. */
export interface NodeContext {
  readonly node: GraphNode;
  readonly graph: OnnxGraph;
  /** Name of the tensor at an input. */
  input(index: number): string;
  /** Names of the tensors at all inputs. */
  readonly inputs: readonly string[];
  /** The constant at an input that must be one. */
  weight(index: number): GraphWeight;
  /** The whole numbers of a constant input. */
  integers(index: number): readonly number[];
  /** An attribute that must be there. */
  attribute(name: string): GraphAttribute;
  integer(name: string): number;
  flag(name: string): boolean;
  word(name: string): string;
  words(name: string): readonly string[];
  integerList(name: string): readonly number[];
  /** Ends the conversion: this node says something that has no translation here. */
  refuse(why: string): never;
}

/** Writes the translation of one node into the graph. */
export type Operator = (context: NodeContext) => void;

/** An operation that ONNX has under the name `op`, with the same inputs and no attributes. */
export function plain(op: string): Operator {
  return (context) => emit(context, op, context.inputs);
}

/** Adds the operation whose output carries the node's own name. */
export function emit(
  { graph, node }: NodeContext,
  op: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): void {
  graph.node(op, inputs, { attributes, outputs: [node.name] });
}

/** The element type that an attribute names; refuses one that has no translation. */
export function typeOf(context: NodeContext, attribute: string): OnnxType {
  const type = context.attribute(attribute).type;
  if (type === 'DT_FLOAT') return 'float32';
  if (type === 'DT_INT32') return 'int32';
  if (type === 'DT_BOOL') return 'bool';
  return context.refuse(`its type is ${type ?? 'not given'}`);
}

/** The one number of a constant input. */
export function single(context: NodeContext, index: number): number {
  const [value, ...more] = context.integers(index);
  return value === undefined || more.length > 0
    ? context.refuse(`its input ${index} is not one number`)
    : value;
}
