import { join } from 'node:path';

import { ToolkitError } from '@internvid/core';
import * as tf from '@tensorflow/tfjs-core';

import { sizesOf } from '../model/graph.js';
import { textGraph } from '../model/text.js';
import { visionGraph } from '../model/vision.js';
import { modelFiles, readModelFolder, type ModelFolder } from '../onnx/model-folder.js';
import { openSafetensors } from '../weights/safetensors.js';
import { tfjsGraph, type TfjsGraph } from './tfjs-graph.js';
import { startTfjs } from './tfjs-runtime.js';
import type { Tower, TowerEngine, TowerStart } from './tower-messages.js';

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
  const runtime = await startTfjs(provider);
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
