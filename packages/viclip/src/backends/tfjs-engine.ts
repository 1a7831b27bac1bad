import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

import { ToolkitError } from '@internvid/core';
import * as tf from '@tensorflow/tfjs-core';

import { sizesOf } from '../model/graph.js';
import { textGraph } from '../model/text.js';
import { visionGraph } from '../model/vision.js';
import { modelFiles, readModelFolder, type ModelFolder } from '../onnx/model-folder.js';
import { openSafetensors } from '../weights/safetensors.js';
import { tfjsGraph, type TfjsGraph } from './tfjs-graph.js';
import type { Runtime, Tower, TowerEngine, TowerStart } from './tower-messages.js';

const WASM = '@tensorflow/tfjs-backend-wasm';
const GPU = '@tensorflow/tfjs-node-gpu';

/**
 * The towers on tfjs: WebAssembly on the processor, on one thread, or tfjs-node-gpu where it is installed. It reads the weights of a
 * model folder, not its ONNX graphs: the steps come from the same description.
 *
 * @throws ToolkitError `missing-dependency` without the backend, `invalid-config` for a folder in 8 bits.
 */
export async function tfjsEngine({ directory, provider }: TowerStart): Promise<TowerEngine> {
  const folder = await readModelFolder(directory);
  if (folder.precision === 'int8') {
    throw new ToolkitError(
      'invalid-config',
      `${directory} is in 8 bits, which tfjs cannot run: convert the checkpoint to fp32.`,
    );
  }
  const runtime = provider === 'cuda' ? await startGpu() : await startWasm();
  const graphs = new Map<Tower, Promise<TfjsGraph>>();
  const graphOf = (tower: Tower): Promise<TfjsGraph> => {
    const graph = graphs.get(tower) ?? loadGraph(folder, tower);
    graphs.set(tower, graph);
    return graph;
  };
  return {
    runtime,
    async run(tower, samples, values) {
      const graph = await graphOf(tower);
      const input = inputOf(folder, tower, samples, values);
      const [result] = graph
        .run(new Map([[tower === 'text' ? 'tokens' : 'frames', input]]))
        .values();
      input.dispose();
      if (result === undefined) throw new ToolkitError('model-failed', 'The model gave no result.');
      const rows = await result.data<'float32'>();
      result.dispose();
      return Float32Array.from(rows);
    },
  };
}

async function loadGraph({ config, directory }: ModelFolder, tower: Tower): Promise<TfjsGraph> {
  await using file = await openSafetensors(join(directory, modelFiles.weights));
  const graph =
    tower === 'text'
      ? textGraph(config)
      : visionGraph(config, { frames: tower === 'image' ? 1 : config.vision.frames });
  // Awaited here: the file is closed at the end of this function.
  return await tfjsGraph(graph, (key) => file.read(key));
}

function inputOf(
  { config }: ModelFolder,
  tower: Tower,
  samples: number,
  values: Float32Array | Int32Array,
): tf.Tensor {
  if (tower === 'text') return tf.tensor(values, [samples, config.text.context], 'int32');
  const { image, frames } = config.vision;
  const sizes = sizesOf(['batch', tower === 'image' ? 1 : frames, 3, image, image], samples);
  return tf.tensor(values, sizes as number[], 'float32');
}

/** Starts tfjs on WebAssembly. @throws ToolkitError `missing-dependency`, `model-failed`. */
export async function startWasm(): Promise<Runtime> {
  const { setWasmPaths, version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  const require = createRequire(import.meta.url);
  setWasmPaths(join(dirname(require.resolve(`${WASM}/package.json`)), 'dist') + sep);
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const started = await tf.setBackend('wasm');
  await tf.ready();
  // The WebAssembly module adds listeners that throw every asynchronous error again as its own.
  for (const [index, event] of events.entries()) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (before[index]?.has(listener) === false) process.removeListener(event, listener);
    }
  }
  if (!started) {
    throw new ToolkitError(
      'model-failed',
      'The WebAssembly backend of tfjs did not start; Node 20 or later has what it needs.',
    );
  }
  return { library: `tfjs-wasm@${version_wasm}`, provider: 'cpu', threads: 1 };
}

async function startGpu(): Promise<Runtime> {
  try {
    await import(GPU);
  } catch (cause) {
    throw new ToolkitError(
      'missing-dependency',
      `${GPU} is not installed or does not start here. Run: npm install ${GPU}@4.22.0, or use the provider "cpu".`,
      { cause },
    );
  }
  if (!(await tf.setBackend('tensorflow'))) {
    throw new ToolkitError('missing-dependency', `${GPU} is installed and did not start.`);
  }
  return { library: `tfjs-node-gpu@${tf.version_core}`, provider: 'cuda', threads: 0 };
}
