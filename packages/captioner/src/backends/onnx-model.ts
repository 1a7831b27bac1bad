import { ToolkitError } from '@internvid/core';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { TensorModel } from '../tensor-model.js';

/**
 * Loads an ONNX network with one float32 input and one float32 output, on one thread.
 * Running it blocks the thread that it runs on: use it in a worker.
 *
 * @throws ToolkitError `model-failed` naming the file.
 */
export async function onnxModel(path: string): Promise<TensorModel> {
  const session = await failingAs(`The model ${path} cannot be loaded`, () =>
    InferenceSession.create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      enableCpuMemArena: false,
      enableMemPattern: false,
    }),
  );
  const [inputName, outputName] = [session.inputNames[0] ?? '', session.outputNames[0] ?? ''];
  return {
    run: ({ data, shape }) =>
      failingAs(`The model ${path} failed on an input of ${shape.join(' x ')}`, async () => {
        const results = await session.run({ [inputName]: new OnnxTensor('float32', data, shape) });
        const output = results[outputName];
        if (!(output?.data instanceof Float32Array))
          throw new TypeError(`The output ${outputName} is not float32.`);
        return { data: output.data, shape: output.dims };
      }),
  };
}

async function failingAs<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${what}: ${why}`, { cause });
  }
}
