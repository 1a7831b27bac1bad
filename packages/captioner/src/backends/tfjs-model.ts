import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolkitError } from '@internvid/core';
import type { ManyTensorsModel, Tensor, TensorModel } from '../tensor-model.js';

const GPU = '@tensorflow/tfjs-node-gpu';

/** The part of tfjs that is used here; the packages that have it are optional, so their own types may not be there. */
export type Tensorflow = {
  readonly io: { fromMemory(artifacts: object): unknown };
  loadGraphModel(from: unknown): Promise<TensorflowGraph>;
  tensor(values: Float32Array, shape: readonly number[], type: string): TensorflowTensor;
};

type TensorflowGraph = {
  readonly inputs: readonly { readonly name: string; readonly dtype: string }[];
  execute(
    inputs: Readonly<Record<string, TensorflowTensor>>,
    outputs: readonly string[],
  ): TensorflowTensor | readonly TensorflowTensor[];
};

type TensorflowTensor = {
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array>;
  dispose(): void;
};

/** tfjs on an NVIDIA GPU. @throws ToolkitError `missing-dependency` where it is not installed or does not start. */
export async function tfjsOnGpu(): Promise<Tensorflow> {
  try {
    return (await import(GPU)) as Tensorflow;
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      `${GPU} is not installed or does not start here. Run: npm install ${GPU}@4.22.0, or use the engine "onnx".`,
      { cause },
    );
  }
}

/**
 * Loads a tfjs graph model as it is. `run` gives the first of the outputs, which are named as in the graph.
 *
 * @param path of `model.json`, whose weight files lie beside it.
 * @throws ToolkitError `not-found` where a file is missing, `model-failed` where tfjs refuses.
 */
export async function tfjsModel(
  tf: Tensorflow,
  { path, outputs }: { readonly path: string; readonly outputs: readonly string[] },
): Promise<TensorModel & ManyTensorsModel> {
  const artifacts = await artifactsOf(path);
  const failed = `The model ${path} cannot be loaded into tfjs`;
  const graph = await failingAs(failed, () => tf.loadGraphModel(tf.io.fromMemory(artifacts)));
  const compute = (input: Tensor, wanted: readonly string[]): Promise<readonly Tensor[]> =>
    failingAs(`The model ${path} failed on an input of ${input.shape.join(' x ')}`, async () => {
      const [port] = graph.inputs;
      const given = tf.tensor(input.data, input.shape, port?.dtype ?? 'float32');
      const held = [given];
      try {
        const results = [graph.execute({ [port?.name ?? '']: given }, wanted)].flat();
        held.push(...results);
        return await Promise.all(results.map(read));
      } finally {
        for (const tensor of held) tensor.dispose();
      }
    });
  return {
    async run(input) {
      const [output] = await compute(input, outputs.slice(0, 1));
      if (output === undefined) throw new RangeError(`No output of ${path} is asked for.`);
      return output;
    },
    runAll: (input) => compute(input, outputs),
  };
}

async function read(tensor: TensorflowTensor): Promise<Tensor> {
  return { data: Float32Array.from(await tensor.data()), shape: [...tensor.shape] };
}

type ModelJson = {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly object[];
  }[];
};

async function artifactsOf(path: string): Promise<object> {
  try {
    const model = JSON.parse(await readFile(path, 'utf8')) as ModelJson;
    const files = model.weightsManifest.flatMap(({ paths }) => paths);
    const parts = await Promise.all(files.map((name) => readFile(join(dirname(path), name))));
    return {
      ...model,
      weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(Buffer.concat(parts)).buffer,
    };
  } catch (cause) {
    const message = `The model ${path} cannot be read: reinstall the package that holds it.`;
    throw new ToolkitError('not-found', message, { cause });
  }
}

async function failingAs<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${what}: ${why}`, { cause });
  }
}
