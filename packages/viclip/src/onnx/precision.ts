import type { RealType } from '../weights/data-types.js';

/**
 * What an ONNX form computes with. `fp32`: everything in float32. `fp16`: weights and steps in half precision, for graphics
 * processors. `int8`: the weights of linear layers in 8 bits, one scale for each output, their inputs in 8 bits with a scale that
 * is found as they come; all else in float32.
 */
export type Precision = 'fp32' | 'fp16' | 'int8';

/** Element type of the parameters that are kept as real numbers. */
export function realTypeOf(precision: Precision): RealType {
  return precision === 'fp16' ? 'F16' : 'F32';
}
