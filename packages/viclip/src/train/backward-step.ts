import type { Graph, Node } from '../model/graph.js';
import type { OnnxFile } from '../onnx/onnx-file.js';

/** What the gradient of a node is written from. */
export type BackwardStep = {
  readonly file: OnnxFile;
  readonly graph: Graph;
  readonly node: Node;
  /** ONNX name of the node's own value. */
  readonly value: string;
  /** ONNX names of the values of its inputs. */
  readonly inputs: readonly string[];
  /** ONNX name of the gradient of the loss at the node's value, in its shape. */
  readonly gradient: string;
  /** Whether the gradient at an input is wanted. */
  readonly wants: (position: number) => boolean;
};

/** What a node adds to the gradient at one of its inputs. */
export type Contribution =
  /** A tensor in the input's shape. */
  | { readonly kind: 'whole'; readonly name: string }
  /** A tensor for a part of the input along an axis; nothing elsewhere. */
  | {
      readonly kind: 'part';
      readonly name: string;
      readonly axis: number;
      readonly start: number;
      readonly end: number;
    }
  /** A tensor `[...ids, width]`: the gradient of the rows that the ids chose from a table. */
  | { readonly kind: 'rows'; readonly name: string; readonly ids: string };

/** Writes what a node adds to the gradients at its inputs, in their order; undefined where none is wanted or there is none. */
export type Gradient = (step: BackwardStep) => readonly (Contribution | undefined)[];
