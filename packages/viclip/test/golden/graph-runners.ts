import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';

import { startTfjs } from '../../src/backends/tfjs-runtime.js';
import { tfjsGraph } from '../../src/backends/tfjs-graph.js';
import { nodeAt, placesByName, type Graph } from '../../src/model/graph.js';
import { parameterShapes } from '../../src/model/parameters.js';
import { toOnnx } from '../../src/onnx/translate.js';
import { fromFloat32 } from '../../src/weights/data-types.js';
import type { TensorPlace } from '../../src/weights/safetensors.js';
import type { Weights } from '../../src/weights/weights.js';
import { writeTensors } from '../../src/weights/write-tensors.js';

/** What goes into a graph: numbers with their sizes. */
export type GraphInput = {
  readonly values: Float32Array | Int32Array;
  readonly sizes: readonly number[];
};

/** Runs graphs of one model, each loaded for one run. */
export interface GraphRunner extends AsyncDisposable {
  readonly name: 'onnx' | 'tfjs';
  /** The result and the steps in `keep`, by name. */
  run(
    graph: Graph,
    inputs: Readonly<Record<string, GraphInput>>,
    keep?: readonly string[],
  ): Promise<ReadonlyMap<string, Float32Array>>;
}

/** onnxruntime on the graphs that are shipped, with further steps as outputs. */
export async function onnxRunner(weights: Weights): Promise<GraphRunner> {
  const directory = await mkdtemp(join(tmpdir(), 'viclip-golden-'));
  const { places } = await writeTensors(
    join(directory, 'weights.safetensors'),
    [...parameterShapes(weights.config)].map(([name, shape]) => ({
      name,
      shape,
      type: 'F32',
      read: async () => fromFloat32(await weights.read(name), 'F32'),
    })),
  );
  return {
    name: 'onnx',
    run: (graph, inputs, keep = []) => runOnnx(directory, places, graph, inputs, keep),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function runOnnx(
  directory: string,
  places: ReadonlyMap<string, TensorPlace>,
  graph: Graph,
  inputs: Readonly<Record<string, GraphInput>>,
  keep: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const path = join(directory, 'graph.onnx');
  const options = { precision: 'fp32', location: 'weights.safetensors', places } as const;
  await writeFile(path, toOnnx(graph, { ...options, outputs: withoutConstants(graph, keep) }));
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 });
  try {
    const feeds = Object.entries(inputs).map(([name, { values, sizes }]) => [
      name,
      new Tensor(
        values instanceof Float32Array ? 'float32' : 'int32',
        values as Float32Array,
        sizes,
      ),
    ]);
    const results = await session.run(Object.fromEntries(feeds) as Record<string, Tensor>);
    return new Map(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
  } finally {
    await session.release();
  }
}

/** The result is an output already. */
function withoutConstants(graph: Graph, keep: readonly string[]): readonly string[] {
  const places = placesByName(graph);
  return keep.filter((name) => places.has(name) && name !== nodeAt(graph, graph.output).name);
}

/** tfjs on WebAssembly. */
export async function tfjsRunner(weights: Weights): Promise<GraphRunner> {
  await startTfjs('cpu');
  return {
    name: 'tfjs',
    async run(graph, inputs, keep = []) {
      using loaded = await tfjsGraph(graph, (key) => weights.read(key));
      const given = Object.entries(inputs).map(([name, { values, sizes }]) => {
        const type = values instanceof Float32Array ? 'float32' : 'int32';
        return [name, tf.tensor(values, sizes as number[], type)] as const;
      });
      const results = loaded.run(new Map(given), keep);
      const found = new Map<string, Float32Array>();
      for (const [name, tensor] of results) {
        found.set(name, Float32Array.from(await tensor.data()));
        tensor.dispose();
      }
      tf.dispose(given.map(([, tensor]) => tensor));
      return found;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
