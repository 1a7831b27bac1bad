import { InferenceSession, Tensor } from 'onnxruntime-node';

import { onnxFile } from '../../packages/viclip/src/onnx/onnx-file.js';
import { seededValues } from '../../packages/viclip/src/weights/seeded.js';

/** How fast large matrices are multiplied here. */
export interface MatrixRate {
  /** Measures once more. */
  measure(): Promise<void>;
  /** The best so far, in GFLOP/s. */
  best(): number;
}

/** The first linear layer of a tower's blocks, for so many tokens, on its own in onnxruntime. */
export async function matrixRate({
  tokens,
  width,
  threads,
}: {
  readonly tokens: number;
  readonly width: number;
  readonly threads: number;
}): Promise<MatrixRate> {
  const outputs = 4 * width;
  const file = onnxFile('matrix');
  file.input({ name: 'x', type: 'float32', shape: [tokens, width] });
  const matrix = file.floats(seededValues('matrix', width * outputs, { amplitude: 1 }), [
    outputs,
    width,
  ]);
  file.node('Gemm', ['x', matrix], { outputs: ['y'], attributes: { transB: { int: 1 } } });
  file.output({ name: 'y', type: 'float32', shape: [tokens, outputs] });
  const session = await InferenceSession.create(file.toBytes(), { intraOpNumThreads: threads });
  const x = new Tensor('float32', seededValues('x', tokens * width, { amplitude: 1 }), [
    tokens,
    width,
  ]);
  let best = 0;
  return {
    async measure() {
      for (let turn = 0; turn < 8; turn++) {
        const started = performance.now();
        await session.run({ x });
        best = Math.max(best, (2 * tokens * width * outputs) / (performance.now() - started) / 1e6);
      }
    },
    best: () => best,
  };
}
