/** Numbers with a shape, row-major. */
export type Tensor = { readonly data: Float32Array; readonly shape: readonly number[] };

/** A network with one input and one output. */
export interface TensorModel {
  /** @throws ToolkitError `model-failed` when the network cannot take the input. */
  run(input: Tensor): Promise<Tensor>;
}

/** A network with one input and several outputs. */
export interface ManyTensorsModel {
  /**
   * All outputs in the order in which the network lists them.
   *
   * @throws ToolkitError `model-failed` when the network cannot take the input.
   */
  runAll(input: Tensor): Promise<readonly Tensor[]>;
}
