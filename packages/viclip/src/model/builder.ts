import { elementsOf, type Graph, type Node, type Operation, type Shape } from './graph.js';

/** Place of a node in the graph under construction. */
export type Value = number;

/** Writes a graph step by step; shapes follow from the inputs. Misfits throw `RangeError` here, not when the graph runs. */
export interface Builder {
  shape(value: Value): Shape;
  /** Gives a value the name under which it can be asked for. */
  named(name: string, value: Value): Value;
  input(name: string, shape: Shape, type: Node['type']): Value;
  weight(key: string): Value;
  linear(x: Value, weight: Value, bias?: Value): Value;
  /** Times a matrix that is stored `[in, out]`. */
  project(x: Value, weight: Value): Value;
  matmul(a: Value, b: Value, options?: { readonly transposeB?: boolean }): Value;
  add(a: Value, b: Value): Value;
  scale(x: Value, factor: number): Value;
  layerNorm(x: Value, weight: Value, bias: Value): Value;
  softmax(x: Value): Value;
  causalMask(x: Value): Value;
  attention(
    query: Value,
    key: Value,
    value: Value,
    options: { readonly heads: number; readonly causal: boolean },
  ): Value;
  quickGelu(x: Value): Value;
  reshape(x: Value, shape: Shape): Value;
  transpose(x: Value, order: readonly number[]): Value;
  slice(x: Value, axis: number, start: number, end: number): Value;
  concat(values: readonly Value[], axis: number): Value;
  mean(x: Value, axis: number): Value;
  repeat(x: Value, like: Value): Value;
  embed(table: Value, ids: Value): Value;
  gather(x: Value, ids: Value): Value;
  highest(ids: Value): Value;
  graph(output: Value): Graph;
}

/** PyTorch's default, which the published model uses. */
const EPSILON = 1e-5;

/** Starts an empty graph whose weights have the given shapes. */
export function graphBuilder(parameters: ReadonlyMap<string, readonly number[]>): Builder {
  const nodes: Node[] = [];
  const at = (value: Value): Node => {
    const node = nodes[value];
    if (node === undefined) throw new RangeError(`There is no value ${value}.`);
    return node;
  };
  const shape = (value: Value): Shape => at(value).shape;
  const add = (
    operation: Operation,
    inputs: readonly Value[],
    to: Shape,
    type: Node['type'] = 'real',
  ): Value =>
    nodes.push({ operation, inputs, shape: to, type, name: `${operation.kind}.${nodes.length}` }) -
    1;
  const same = (operation: Operation, x: Value, ...more: readonly Value[]): Value =>
    add(operation, [x, ...more], shape(x));
  const matrix = (layout: 'out-in' | 'in-out', x: Value, weight: Value, bias?: Value): Value => {
    const [rows, columns] = shape(weight);
    const [from, to] = layout === 'out-in' ? [columns, rows] : [rows, columns];
    fits(shape(weight).length === 2 && shape(x).at(-1) === from && to !== undefined, 'linear', [
      shape(x),
      shape(weight),
    ]);
    const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
    return add({ kind: 'linear', layout }, inputs, [...shape(x).slice(0, -1), to ?? 0]);
  };

  return {
    shape,
    named(name, value) {
      nodes[value] = { ...at(value), name };
      return value;
    },
    input(name, to, type) {
      const value = add({ kind: 'input' }, [], to, type);
      return this.named(name, value);
    },
    weight(key) {
      const known = nodes.findIndex(
        ({ operation }) => operation.kind === 'weight' && operation.key === key,
      );
      const to = parameters.get(key);
      if (to === undefined) throw new RangeError(`The model has no parameter ${key}.`);
      return known >= 0 ? known : this.named(key, add({ kind: 'weight', key }, [], to));
    },
    linear: (x, weight, bias) => matrix('out-in', x, weight, bias),
    project: (x, weight) => matrix('in-out', x, weight),
    matmul(a, b, { transposeB = false } = {}) {
      const [rows, columns] = transposeB
        ? [shape(b).at(-1), shape(b).at(-2)]
        : [shape(b).at(-2), shape(b).at(-1)];
      const outer = shape(a).slice(0, -2);
      const alike = String(outer) === String(shape(b).slice(0, -2));
      fits(alike && shape(a).at(-1) === rows, 'matmul', [shape(a), shape(b)]);
      return add({ kind: 'matmul', transposeB }, [a, b], [...shape(a).slice(0, -1), columns ?? 0]);
    },
    add(a, b) {
      const [to, from] = [shape(a), shape(b)];
      const offset = to.length - from.length;
      fits(
        offset >= 0 && from.every((size, axis) => size === 1 || size === to[axis + offset]),
        'add',
        [to, from],
      );
      return same({ kind: 'add' }, a, b);
    },
    scale: (x, factor) => same({ kind: 'scale', factor }, x),
    layerNorm: (x, weight, bias) => same({ kind: 'layer-norm', epsilon: EPSILON }, x, weight, bias),
    softmax: (x) => same({ kind: 'softmax' }, x),
    causalMask: (x) => same({ kind: 'causal-mask' }, x),
    attention: (query, key, value, options) =>
      same({ kind: 'attention', ...options }, query, key, value),
    quickGelu: (x) => same({ kind: 'quick-gelu' }, x),
    reshape(x, to) {
      const [from, batched] = [shape(x), shape(x)[0] === 'batch'];
      fits(elementsOf(from) === elementsOf(to) && batched === (to[0] === 'batch'), 'reshape', [
        from,
        to,
      ]);
      return add({ kind: 'reshape' }, [x], to, at(x).type);
    },
    transpose: (x, order) =>
      add(
        { kind: 'transpose', order },
        [x],
        order.map((axis) => shape(x)[axis] ?? 0),
      ),
    slice(x, axis, start, end) {
      const size = shape(x)[axis];
      fits(typeof size === 'number' && start >= 0 && start < end && end <= size, 'slice', [
        shape(x),
        [start, end],
      ]);
      return add({ kind: 'slice', axis, start, end }, [x], shape(x).with(axis, end - start));
    },
    concat(values, axis) {
      const sizes = values.map((value) => Number(shape(value)[axis]));
      const to = shape(values[0] ?? -1).with(
        axis,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      return add({ kind: 'concat', axis }, values, to);
    },
    mean: (x, axis) => add({ kind: 'mean', axis }, [x], shape(x).with(axis, 1)),
    repeat: (x, like) => add({ kind: 'repeat' }, [x, like], ['batch', ...shape(x)]),
    embed: (table, ids) =>
      add({ kind: 'embed' }, [table, ids], [...shape(ids), ...shape(table).slice(1)]),
    gather(x, ids) {
      const [batch = 'batch', , width = 0] = shape(x);
      return add({ kind: 'gather' }, [x, ids], [batch, shape(ids)[1] ?? 0, width]);
    },
    highest: (ids) => add({ kind: 'highest' }, [ids], ['batch', 1], 'int32'),
    graph: (output) => ({ nodes, output }),
  };
}

function fits(right: boolean, operation: string, shapes: readonly Shape[]): void {
  if (right) return;
  const said = shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ');
  throw new RangeError(`${operation} cannot take ${said}.`);
}
