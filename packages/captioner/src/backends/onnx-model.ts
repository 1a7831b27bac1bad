import { ToolkitError } from '@internvid/core';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import type { ManyTensorsModel, Tensor, TensorModel } from '../tensor-model.js';

/**
 * Loads an ONNX network with one input, float32 or int32 (numbers are then cut to whole ones), and float32 outputs, on one
 * thread; `run` gives the first output.
 * Running it blocks the thread that it runs on: use it in a worker.
 *
 * @throws ToolkitError `model-failed` naming the file.
 */
export async function onnxModel(path: string): Promise<TensorModel & ManyTensorsModel> {
  const session = await failingAs(`The model ${path} cannot be loaded`, () =>
    InferenceSession.create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      enableCpuMemArena: false,
      enableMemPattern: false,
    }),
  );
  const compute = (input: Tensor, outputs: readonly string[]): Promise<readonly Tensor[]> =>
    failingAs(`The model ${path} failed on an input of ${input.shape.join(' x ')}`, async () => {
      const [port] = session.inputMetadata;
      const isWhole = port?.isTensor === true && port.type === 'int32';
      const results = await session.run({ [port?.name ?? '']: tensorFor(input, isWhole) });
      return outputs.map((name) => tensorOf(name, results[name]));
    });
  return {
    async run(input) {
      const [output] = await compute(input, session.outputNames.slice(0, 1));
      if (output === undefined)
        throw new ToolkitError('model-failed', `The model ${path} has no output.`);
      return output;
    },
    runAll: (input) => compute(input, session.outputNames),
  };
}

function tensorFor({ data, shape }: Tensor, isWhole: boolean): OnnxTensor {
  return isWhole
    ? new OnnxTensor('int32', Int32Array.from(data), shape)
    : new OnnxTensor('float32', data, shape);
}

function tensorOf(name: string, output: OnnxTensor | undefined): Tensor {
  if (!(output?.data instanceof Float32Array))
    throw new TypeError(`The output ${name} is not float32.`);
  return { data: output.data, shape: output.dims };
}

async function failingAs<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${what}: ${why}`, { cause });
  }
}
