import { ToolkitError } from '@internvid/core';
import type { GraphAttribute, GraphModel, GraphNode, GraphWeight } from './graph-model.js';
import { onnxGraph, type OnnxGraph } from './onnx-graph.js';
import type { NodeContext } from './tfjs-operator.js';
import { operators } from './tfjs-operators.js';

/**
 * Translates a tfjs graph model into an ONNX model (operator set 18) that computes the same outputs.
 *
 * Tensors keep TensorFlow's layout (channels last): each convolution and pooling stands between two
 * transpositions, nearly all of which onnxruntime removes when it loads the model.
 *
 * @param outputs names of the nodes whose first output is wanted; only what they need is translated.
 * @throws ToolkitError `corrupt` naming the node for an operation or a setting that has no translation here.
 */
export function tfjsToOnnx(model: GraphModel, outputs: readonly string[]): Uint8Array {
  const nodes = new Map(model.nodes.map((node) => [node.name, node]));
  const graph = onnxGraph('graph-model');
  for (const node of inOrder(nodes, outputs)) {
    const operator = operators[node.op];
    if (operator === undefined) {
      throw new ToolkitError(
        'corrupt',
        `The node "${node.name}" is a ${node.op}, an operation that has no translation to ONNX here.`,
      );
    }
    operator(contextOf(node, nodes, model.weights, graph));
  }
  for (const name of outputs) graph.output({ name: tensorName(name), type: 'float32' });
  return graph.toBytes();
}

/** The nodes that the outputs need, each after those that it reads. */
function inOrder(
  nodes: ReadonlyMap<string, GraphNode>,
  outputs: readonly string[],
): readonly GraphNode[] {
  const ordered = new Set<GraphNode>();
  const visit = (name: string): void => {
    const node = nodes.get(nodeName(name));
    if (node === undefined)
      throw new ToolkitError('corrupt', `The graph model has no node "${name}".`);
    if (ordered.has(node)) return;
    dataInputs(node).forEach(visit);
    ordered.add(node);
  };
  outputs.forEach(visit);
  return [...ordered];
}

function contextOf(
  node: GraphNode,
  nodes: ReadonlyMap<string, GraphNode>,
  weights: ReadonlyMap<string, GraphWeight>,
  graph: OnnxGraph,
): NodeContext {
  const inputs = dataInputs(node);
  const refuse = (why: string): never => {
    throw new ToolkitError(
      'corrupt',
      `The node "${node.name}" (${node.op}) cannot be translated to ONNX: ${why}.`,
    );
  };
  const inputName = (index: number): string => inputs[index] ?? refuse(`it has no input ${index}`);
  const attribute = (name: string): GraphAttribute =>
    node.attr?.[name] ?? refuse(`it has no attribute "${name}"`);
  const weight = (index: number): GraphWeight => {
    const from = nodes.get(nodeName(inputName(index)));
    const found = from?.op === 'Const' ? weights.get(from.name) : undefined;
    return found ?? refuse(`its input ${index} is not constant`);
  };
  return {
    node,
    graph,
    input: (index) => tensorName(inputName(index)),
    inputs: inputs.map(tensorName),
    weight: (index) =>
      index < 0 ? (weights.get(node.name) ?? refuse('it has no stored value')) : weight(index),
    integers(index) {
      const found = weight(index);
      return found.type === 'int32'
        ? [...found.data]
        : refuse(`its input ${index} is not made of whole numbers`);
    },
    attribute,
    integer: (name) => Number(attribute(name).i ?? refuse(`"${name}" is not a whole number`)),
    flag: (name) => attribute(name).b ?? refuse(`"${name}" is neither true nor false`),
    word: (name) => fromBase64(attribute(name).s ?? refuse(`"${name}" is not a word`)),
    words: (name) => (attribute(name).list?.s ?? []).map(fromBase64),
    integerList: (name) => (attribute(name).list?.i ?? []).map(Number),
    refuse,
  };
}

/** Inputs that carry data: those that begin with `^` only ask for an order. */
function dataInputs(node: GraphNode): readonly string[] {
  return (node.input ?? []).filter((name) => !name.startsWith('^'));
}

function nodeName(tensor: string): string {
  return tensor.replace(/:\d+$/, '');
}

/** `name:0` and `name` are the same tensor. */
function tensorName(tensor: string): string {
  return tensor.replace(/:0$/, '');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
