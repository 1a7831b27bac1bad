import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import type * as Onnxruntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';

import { loadOnnxruntime } from '../onnx/load-onnxruntime.js';
import { modelFiles, readModelFolder, type ModelFolder } from '../onnx/model-folder.js';
import { onnxFile } from '../onnx/onnx-file.js';
import { sizesOf } from '../model/graph.js';
import type { Provider, Tower, TowerEngine, TowerStart } from './tower-messages.js';

type Runner = typeof Onnxruntime;

/**
 * The towers on onnxruntime, each loaded when it is first needed and then kept. They block the thread that they run on.
 *
 * @throws ToolkitError `missing-dependency` where onnxruntime or its provider is not there.
 */
export async function onnxEngine({
  directory,
  provider,
  threads,
}: TowerStart): Promise<TowerEngine> {
  const runner = await loadOnnxruntime();
  // A provider that is not there would also be printed; it is thrown.
  runner.env.logLevel = 'fatal';
  const folder = await readModelFolder(directory);
  const count = threads === 0 ? availableParallelism() : threads;
  const options: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: count,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  await tryProvider(runner, provider, options);
  const sessions = new Map<Tower, Promise<InferenceSession>>();
  const sessionOf = (tower: Tower): Promise<InferenceSession> => {
    const session =
      sessions.get(tower) ?? load(runner, join(directory, modelFiles[tower]), options);
    sessions.set(tower, session);
    return session;
  };
  return {
    runtime: {
      library: `onnxruntime-node@${runner.env.versions.node ?? runner.env.versions.common}`,
      provider,
      threads: count,
    },
    async run(tower, samples, values) {
      const session = await sessionOf(tower);
      // Dynamic quantisation finds one scale for all samples of a run: alone, a sample gives the same whatever stands beside it.
      const atOnce = folder.precision === 'int8' ? 1 : samples;
      const rows = new Float32Array(samples * folder.config.dimension);
      const length = values.length / samples;
      for (let first = 0; first < samples; first += atOnce) {
        const part = values.subarray(first * length, (first + atOnce) * length);
        rows.set(
          await runOnce(runner, session, inputOf(folder, tower, part, atOnce)),
          first * folder.config.dimension,
        );
      }
      return rows;
    },
  };
}

/** A provider that cannot start would otherwise show after the first clips were decoded. */
async function tryProvider(
  runner: Runner,
  provider: Provider,
  options: InferenceSession.SessionOptions,
): Promise<void> {
  if (provider === 'cpu') return;
  const file = onnxFile('probe');
  file.input({ name: 'x', type: 'float32', shape: [1] });
  file.node('Add', ['x', 'x'], { outputs: ['y'] });
  file.output({ name: 'y', type: 'float32', shape: [1] });
  try {
    const session = await runner.InferenceSession.create(file.toBytes(), options);
    await session.release();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError(
      'missing-dependency',
      `onnxruntime cannot use ${provider} here: ${why}. Install the NVIDIA driver, CUDA and cuDNN and run "npm rebuild onnxruntime-node", or use the provider "cpu".`,
      { cause },
    );
  }
}

async function load(
  runner: Runner,
  path: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  return failingAs(`The model ${path} cannot be loaded`, () =>
    runner.InferenceSession.create(path, options),
  );
}

type Input = {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  readonly values: Float32Array | Int32Array;
  readonly sizes: readonly number[];
};

function inputOf(
  { config }: ModelFolder,
  tower: Tower,
  values: Float32Array | Int32Array,
  samples: number,
): Input {
  const { image, frames } = config.vision;
  if (tower === 'text') {
    return {
      name: 'tokens',
      type: 'int32',
      values,
      sizes: sizesOf(['batch', config.text.context], samples),
    };
  }
  const sizes = sizesOf(['batch', tower === 'image' ? 1 : frames, 3, image, image], samples);
  return { name: 'frames', type: 'float32', values, sizes };
}

async function runOnce(
  runner: Runner,
  session: InferenceSession,
  input: Input,
): Promise<Float32Array> {
  return failingAs('The model failed', async () => {
    const tensor = new runner.Tensor(input.type, input.values as Float32Array, input.sizes);
    const results = await session.run({ [input.name]: tensor });
    const output = results[session.outputNames[0] ?? ''];
    if (!(output?.data instanceof Float32Array)) throw new TypeError('its output is not float32');
    return output.data;
  });
}

async function failingAs<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ToolkitError('model-failed', `${what}: ${why}`, { cause });
  }
}
