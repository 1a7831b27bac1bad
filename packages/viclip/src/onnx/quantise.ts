/** A matrix of a linear layer and how it lies in memory. */
export type Matrix = {
  readonly values: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: 'out-in' | 'in-out';
};

const HIGHEST_LEVEL = 127;
/** Outputs that are turned at once: their rows stay in the processor's cache. */
const TILE = 32;

/** The scale of each output, `[out]`: its largest weight becomes the highest level. */
export function scalesOf(matrix: Matrix): Float32Array {
  const { values, inputs, outputs } = matrix;
  const [inputStep, outputStep] = stepsOf(matrix);
  const scales = new Float32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    let largest = 0;
    for (let input = 0; input < inputs; input++) {
      largest = Math.max(largest, Math.abs(values[output * outputStep + input * inputStep] ?? 0));
    }
    // An output without weights needs some scale.
    scales[output] = largest === 0 ? 1 : largest / HIGHEST_LEVEL;
  }
  return scales;
}

/** The matrix in 8 bits, `[in, out]`, row-major: number = level x scale of its output. */
export function levelsOf(matrix: Matrix): Int8Array {
  const { values, inputs, outputs } = matrix;
  const [inputStep, outputStep] = stepsOf(matrix);
  const scales = scalesOf(matrix);
  const levels = new Int8Array(inputs * outputs);
  for (let first = 0; first < outputs; first += TILE) {
    const end = Math.min(first + TILE, outputs);
    for (let input = 0; input < inputs; input++) {
      for (let output = first; output < end; output++) {
        const value = values[output * outputStep + input * inputStep] ?? 0;
        levels[input * outputs + output] = Math.round(value / (scales[output] ?? 1));
      }
    }
  }
  return levels;
}

function stepsOf({ layout, inputs, outputs }: Matrix): readonly [input: number, output: number] {
  return layout === 'out-in' ? [1, inputs] : [outputs, 1];
}
